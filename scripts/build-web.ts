// Builds the search page: src/api/web/ → dist/api/web/ (two ES modules, style sheets, two pages, an icon).
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, transform } from 'esbuild';
import { buildGraphiql } from './build-graphiql.ts';

const from = new URL('../src/api/web/', import.meta.url);
const to = new URL('../dist/api/web/', import.meta.url);

/** Style sheets go into the module as text, without their comments and spaces. */
const styleSheets: Plugin = {
  name: 'style-sheets',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code, loader: 'text' };
    });
  },
};

await mkdir(to, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL('widget.ts', from))],
  outfile: fileURLToPath(new URL('widget.js', to)),
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome115', 'firefox115', 'safari16.4'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [styleSheets],
});
await buildGraphiql(from, to);
for (const file of ['page.html', 'graphiql.html', 'page.css', 'icon.svg']) {
  await copyFile(new URL(file, from), new URL(file, to));
}
