// Bundles GraphiQL with all that it needs: one module, one style sheet, and the licences of what is in them.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Licences that let us pass it on with no more than their text. */
const licences = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Python-2.0']);

/** The fonts of GraphiQL's style sheet are three quarters of it; the system's do as well. */
const withoutFonts: Plugin = {
  name: 'without-fonts',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/@font-face\s*\{[^}]*\}/g, ''),
      loader: 'css',
    }));
  },
};

export async function buildGraphiql(from: URL, to: URL): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [fileURLToPath(new URL('graphiql.ts', from))],
    outfile: fileURLToPath(new URL('graphiql.js', to)),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome115', 'firefox115', 'safari16.4'],
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [withoutFonts],
  });
  await writeFile(new URL('graphiql.licenses.txt', to), await licencesOf(Object.keys(metafile.inputs)));
}

/** Of the packages that these files belong to; a text that several have stands there once. */
async function licencesOf(files: readonly string[]): Promise<string> {
  const folders = files.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const names = new Map<string, string[]>();
  for (const folder of new Set(folders.filter((one) => one !== undefined).sort())) {
    const { name, text } = await licenceOf(folder);
    names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names].map(([text, of]) => `${of.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

/** Throws where it is not one that may be passed on. */
async function licenceOf(folder: string): Promise<{ readonly name: string; readonly text: string }> {
  const about = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const { name, version, license = 'none' } = about;
  if (!licences.has(license))
    throw new Error(`${name} has the licence ${license}, which is not among ${[...licences].join(', ')}`);
  const text = (await textOf(folder)) ?? `${license}: https://spdx.org/licenses/${license}.html`;
  return { name: `${name} ${version}`, text };
}

async function textOf(folder: string): Promise<string | undefined> {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'License', 'LICENCE']) {
    const text = await readFile(join(root, folder, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return undefined;
}
