// Reads the text protos of Google's robots.txt specification tests: files, and what is allowed to whom.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Expectation {
  readonly file: string;
  readonly robots: Uint8Array;
  readonly url: string;
  readonly agent: string;
  readonly isAllowed: boolean;
}

export function robotsExpectations(folder: string): Expectation[] {
  return ['correctness', 'stress'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((name) => name.endsWith('.textproto'))
      .flatMap((name) => inFile(join(folder, part, name))),
  );
}

const strings = String.raw`(?:"(?:[^"\\\n]|\\.)*"\s*)+`;

function inFile(file: string): Expectation[] {
  // As Latin-1, so that each character is one byte of the file.
  const text = readFileSync(file, 'latin1').replace(/^\s*#.*$/gm, '');
  const fields = new RegExp(
    String.raw`(robotstxt|testurl|useragent|expected_outcome):\s*(${strings}|[A-Z]+)`,
    'g',
  );
  const found: Expectation[] = [];
  let [robots, url, agent] = [Buffer.alloc(0), '', ''];
  for (const [, field, value = ''] of text.matchAll(fields)) {
    if (field === 'robotstxt') robots = unquoted(value);
    else if (field === 'testurl') url = unquoted(value).toString('utf8');
    else if (field === 'useragent') agent = unquoted(value).toString('utf8');
    else found.push({ file, robots, url, agent, isAllowed: value === 'ALLOWED' });
  }
  return found;
}

const plain: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unquoted(literals: string): Buffer<ArrayBuffer> {
  const inside = [...literals.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, text]) => text).join('');
  const bytes = inside.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (code.length > 1 && code.startsWith('x'))
      return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return plain[code] ?? code;
  });
  return Buffer.from(bytes, 'latin1');
}

/** The path and query as they are written, which is how Google's matcher takes them. */
export const writtenPath = (url: string): string => {
  const rest = url.replace(/#.*$/s, '').replace(/^[a-z]+:\/\/[^/?]*/i, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
};
