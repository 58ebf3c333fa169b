// What can be taken down, told from what a person types.
import { statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { normaliseUrl } from '../crawler/normalise-url.ts';
import { ImagedexError } from '../errors.ts';

export type Target =
  | { readonly kind: 'image'; readonly id: string }
  | { readonly kind: 'content'; readonly sha256: string }
  /** Of an image, or of a page that shows images. */
  | { readonly kind: 'address'; readonly url: string }
  /** A host, at every port where it names none. */
  | { readonly kind: 'site'; readonly host: string };

export function readTarget(typed: string): Target {
  const text = typed.trim();
  const id = /^(?:image_)?([0-9a-f]{32})$/.exec(text)?.[1];
  if (id !== undefined) return { kind: 'image', id };
  const sha256 = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text)?.[1];
  if (sha256 !== undefined) return { kind: 'content', sha256: sha256.toLowerCase() };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'address', url: readAddress(text, typed) };
  if (/^[./\\]/.test(text)) return { kind: 'address', url: noFolder(pathToFileURL(text).href, typed) };
  const host = hostOf(text);
  if (host !== undefined) return { kind: 'site', host };
  return never(typed);
}

function readAddress(text: string, typed: string): string {
  if (/^https?:/i.test(text)) return normaliseUrl(text) ?? never(typed);
  return /^(file:\/\/|s3:\/\/[^/]+)\/./is.test(text) ? noFolder(text, typed) : never(typed);
}

/** Of one file or object: a folder shows no images as a page does, and blocking its address would keep nothing away. */
function noFolder(url: string, typed: string): string {
  if (!url.endsWith('/') && !isDirectory(url)) return url;
  throw new ImagedexError(
    'usage',
    `${JSON.stringify(typed)} is a folder: expected an image. Name each file or object that is to go, or images by ` +
      'their ids; to keep a whole folder out, leave it out of the sources or use `exclude`',
  );
}

function isDirectory(url: string): boolean {
  if (!/^file:/i.test(url)) return false;
  try {
    return statSync(fileURLToPath(url), { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Of another machine, or closed to us: no folder that we know.
    return false;
  }
}

/** `Example.org` as `example.org`, `bücher.example` in punycode; an address of version 6 in brackets. */
function hostOf(text: string): string | undefined {
  if (!/^(\[[0-9a-f:.]+\]|[^\s/:?#@[\]\\]+)(:\d{1,5})?\/?$/iu.test(text)) return undefined;
  // As of neither http nor https: a default port that was typed stays.
  const [host, port] = /^(.*?)(?::(\d+))?\/?$/.exec(text)!.slice(1) as [string, string | undefined];
  if (!URL.canParse(`http://${host}/`)) return undefined;
  const { hostname } = new URL(`http://${host}/`);
  if (!/[.:]|^localhost$/.test(hostname)) return undefined;
  return port === undefined || port === '80' || port === '443' ? hostname : `${hostname}:${Number(port)}`;
}

function never(typed: string): never {
  throw new ImagedexError(
    'usage',
    `${JSON.stringify(typed)}: expected an image's id or sha256, an address of an image or page ` +
      '(https://…, s3://…, file://…), a path that begins with / or ./, or a site such as example.org',
  );
}
