// The documents do not rot: their links lead somewhere, and the commands that they show are understood.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCall } from '../src/commands/arguments.ts';
import { verbs } from '../src/commands/verbs.ts';
import { optionTable } from '../src/config/config.ts';
import { filesIn, projectRoot } from './source-files.ts';

const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...filesIn('docs', '.md').map((file) => `docs/${file}`),
];
const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');

describe.each(documents)('%s', (document) => {
  it('links to what is there', () => {
    const links = [...read(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link!);
    const own = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(own.filter((link) => !existsSync(join(projectRoot, dirname(document), link)))).toEqual([]);
  });

  it('shows commands that are understood', () => {
    const shown = [...read(document).matchAll(/^(?:npx )?imagedex ([a-z]+)\b([^#\n]*)/gm)];
    for (const [, name, rest] of shown.filter(([, , words]) => !/[`|[]/.test(words!))) {
      const verb = verbs.find((one) => one.name === name);
      expect(verb, name).toBeDefined();
      const words = [...rest!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
      expect(() => parseCall(verb!, words, optionTable), `imagedex ${name}${rest}`).not.toThrow();
    }
  });

  it('shows npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const shown = [...read(document).matchAll(/\bnpm (?:run )?(build|test|run|[a-z]+)\b/g)].map(
      ([, name]) => name!,
    );
    const npmItself = ['ci', 'pack', 'run', 'i', 'install', 'packages', 'package'];
    expect(shown.filter((name) => !(name in scripts) && !npmItself.includes(name))).toEqual([]);
  });
});

it('keeps decisions short', () => {
  const long = filesIn('docs/decisions', '.md').filter(
    (file) => read(`docs/decisions/${file}`).trimEnd().split('\n').length > 25,
  );
  expect(long).toEqual([]);
});

it('has at most ten scripts to keep in mind', () => {
  expect(Object.keys(JSON.parse(read('package.json')).scripts).length).toBeLessThanOrEqual(10);
});
