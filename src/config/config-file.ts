// Reads imagedex.config.(json|yaml) and keeps where each value stands. JSON is read as YAML, which contains it.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Document } from 'yaml';
import { ImagedexError, messageOf } from '../errors.ts';

/** A value of the file, and where it stands. Maps and lists are taken apart by whoever looks into them. */
export interface ConfigNode {
  readonly value: unknown;
  /** The file and the line: `imagedex.config.yaml:3`. */
  readonly where: string;
  /** undefined where it is no map. */
  readonly entries: () => readonly ConfigEntry[] | undefined;
  /** undefined where it is no list. */
  readonly items: () => readonly ConfigNode[] | undefined;
}

/** A value with its name; `where` is the name's place. */
export interface ConfigEntry extends ConfigNode {
  readonly name: string;
}

export interface ConfigFile {
  readonly path: string;
  readonly entries: readonly ConfigEntry[];
}

export const configFileNames = ['imagedex.config.json', 'imagedex.config.yaml'] as const;
/** What people may name it, too. Read by nobody, so it must not look as if it were. */
const otherFileName = 'imagedex.config.yml';

/** Where no shell has done so: `~` and what begins with `~/` lie in the home folder. */
export const fromHome = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;

/** The file that was named, else the one in `cwd`; null where there is none. */
export async function readConfigFile(cwd: string, named?: string): Promise<ConfigFile | null> {
  if (named !== undefined) {
    const path = resolve(cwd, fromHome(named));
    const text = await textOf(path);
    if (text === null)
      throw new ImagedexError(
        'config_invalid',
        `expected a configuration file at ${path}, but there is none`,
      );
    return parseConfig(path, text);
  }
  const found: ConfigFile[] = [];
  for (const name of configFileNames) {
    const path = resolve(cwd, name);
    const text = await textOf(path);
    if (text !== null) found.push(await parseConfig(path, text));
  }
  if (found.length > 1) {
    throw new ImagedexError(
      'config_invalid',
      `expected one configuration file, but ${configFileNames.join(' and ')} are both there: remove one`,
    );
  }
  if ((await textOf(resolve(cwd, otherFileName))) !== null) {
    throw new ImagedexError(
      'config_invalid',
      `expected the configuration in imagedex.config.yaml, but it is in ${otherFileName}: rename it`,
    );
  }
  return found[0] ?? null;
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ImagedexError('config_invalid', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

export async function parseConfig(path: string, text: string): Promise<ConfigFile> {
  const yaml = await import('yaml');
  const lineCounter = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number) => `${basename(path)}:${lineCounter.linePos(offset).line}`;
  const error = document.errors[0];
  if (error !== undefined) throw new ImagedexError('config_invalid', `${at(error.pos[0])}: ${error.message}`);
  if (document.contents === null) return { path, entries: [] };
  const entries = isValid(document, path)
    ? nodeOf(yaml, document, document.contents, at, '').entries()
    : undefined;
  if (entries === undefined) {
    throw new ImagedexError(
      'config_invalid',
      `${basename(path)}: expected options with their values, such as "port: 4000"`,
    );
  }
  return { path, entries };
}

/** Aliases may make a small file a huge value, which the parser refuses to build, or one that contains itself. */
function isValid(document: Document, path: string): true {
  try {
    JSON.stringify(document.toJS());
    return true;
  } catch (error) {
    const [message] = messageOf(error).split('\n');
    throw new ImagedexError('config_invalid', `${basename(path)}: ${message}`, { cause: error });
  }
}

/** `where`: the place of what has none of its own. */
function nodeOf(
  yaml: typeof import('yaml'),
  document: Document,
  found: unknown,
  at: (offset: number) => string,
  where: string,
): ConfigNode {
  const placeOf = (one: unknown) => (yaml.isNode(one) && one.range ? at(one.range[0]) : where);
  const node = yaml.isAlias(found) ? found.resolve(document) : found;
  const place = placeOf(found);
  return {
    where: place,
    value: yaml.isNode(node) ? node.toJS(document) : node,
    entries: () =>
      yaml.isMap(node)
        ? node.items.map(({ key, value }) => ({
            ...nodeOf(yaml, document, value, at, placeOf(key)),
            name: String(yaml.isScalar(key) ? key.value : key),
            where: placeOf(key),
          }))
        : undefined,
    items: () =>
      yaml.isSeq(node) ? node.items.map((item) => nodeOf(yaml, document, item, at, place)) : undefined,
  };
}
