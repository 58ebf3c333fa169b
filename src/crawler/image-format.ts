// Tells an image's format from its first bytes: names, extensions and media types lie too often.
import type { SkipCode } from '../errors.ts';
import type { Format } from '../record.ts';

/** How many of the first bytes are enough to tell. */
export const formatBytes = 65_536;

export type ImageFormat = { readonly format: Format } | { readonly skip: SkipCode; readonly reason: string };

/** `content` may be cut off after `formatBytes`. */
export function imageFormat(content: Uint8Array): ImageFormat {
  if (content.length === 0) return notAnImage('it is empty');
  const bytes = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, formatBytes));
  const container = isoFormat(bytes);
  if (container !== undefined) return container;
  for (const [format, signature] of described) if (startsWith(bytes, signature)) return { format };
  for (const [name, signature] of undescribed) if (startsWith(bytes, signature)) return unsupported(name);
  if (isBmp(bytes)) return unsupported('BMP');
  if (isIco(bytes)) return unsupported(bytes[2] === 1 ? 'ICO' : 'CUR');
  if (/^P[1-7]\s/.test(bytes.toString('latin1', 0, 3))) return unsupported('PNM');
  return markup(bytes);
}

const unsupported = (name: string): ImageFormat => ({
  skip: 'unsupported_format',
  reason: `${name} is not described; JPEG, PNG, WebP, GIF, AVIF and TIFF are`,
});
const notAnImage = (what: string): ImageFormat => ({
  skip: 'not_an_image',
  reason: `expected an image, but ${what}`,
});

/** Latin-1 characters that must stand there; `?` is any byte. */
type Signature = string;

const described: readonly (readonly [Format, Signature])[] = [
  ['JPEG', '\xff\xd8\xff'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['WEBP', 'RIFF????WEBP'],
  ['GIF', 'GIF87a'],
  ['GIF', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['TIFF', 'II+\0\x08\0\0\0'],
  ['TIFF', 'MM\0+\0\x08\0\0'],
];

const undescribed: readonly (readonly [string, Signature])[] = [
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['JPEG 2000', '\xff\x4f\xff\x51'],
  ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
  ['JPEG XL', '\xff\x0a'],
  ['JPEG XR', 'II\xbc\x01'],
  ['Photoshop', '8BPS\0'],
  ['PDF', '%PDF-'],
  ['PostScript', '%!PS'],
  ['PostScript', '\xc5\xd0\xd3\xc6'],
  ['QOI', 'qoif'],
  ['farbfeld', 'farbfeld'],
  ['Radiance HDR', '#?RADIANCE'],
  ['Radiance HDR', '#?RGBE'],
  ['OpenEXR', '\x76\x2f\x31\x01'],
  ['FITS', 'SIMPLE  ='],
  ['DirectDraw Surface', 'DDS '],
  ['KTX texture', '\xabKTX '],
  ['DjVu', 'AT&TFORM'],
  ['GIMP', 'gimp xcf'],
  ['MNG', '\x8aMNG\r\n\x1a\n'],
  ['JNG', '\x8bJNG\r\n\x1a\n'],
  ['Olympus raw', 'IIRO'],
  ['Olympus raw', 'IIRS'],
  ['Panasonic raw', 'IIU\0'],
  ['Fujifilm raw', 'FUJIFILMCCD-RAW'],
  ['FLIF', 'FLIF'],
  ['BPG', 'BPG\xfb'],
  ['Sun raster', '\x59\xa6\x6a\x95'],
  ['SGI', '\x01\xda\0\x01'],
  ['SGI', '\x01\xda\x01\x01'],
  ['XPM', '/* XPM */'],
  ['Windows metafile', '\xd7\xcd\xc6\x9a'],
];

function startsWith(bytes: Buffer, signature: Signature): boolean {
  if (bytes.length < signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    if (signature[i] !== '?' && bytes[i] !== signature.charCodeAt(i)) return false;
  }
  return true;
}

/** The ISO base media container: AVIF, HEIC and videos, told apart by the brands in its first box. */
function isoFormat(bytes: Buffer): ImageFormat | undefined {
  if (bytes.length < 12 || bytes.toString('latin1', 4, 8) !== 'ftyp') return undefined;
  const end = Math.min(bytes.length, bytes.readUInt32BE(0));
  const brands = [bytes.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(bytes.toString('latin1', at, at + 4));
  const has = (...some: string[]) => some.some((brand) => brands.includes(brand));
  // `mif1` alone says only "an image in this container"; the other brands say how it is coded.
  if (has('avif', 'avis')) return { format: 'AVIF' };
  if (has('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'))
    return unsupported('HEIC');
  if (has('crx ')) return unsupported('Canon raw');
  return notAnImage('its bytes are a video or another media file');
}

/** Two letters are weak evidence, so the header's size and the number of planes must fit too. */
function isBmp(bytes: Buffer): boolean {
  if (bytes.length < 18 || bytes.toString('latin1', 0, 2) !== 'BM') return false;
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(bytes.readUInt32LE(14));
}

function isIco(bytes: Buffer): boolean {
  if (bytes.length < 22 || bytes.readUInt16LE(0) !== 0 || ![1, 2].includes(bytes.readUInt16LE(2)))
    return false;
  const images = bytes.readUInt16LE(4);
  return images > 0 && bytes[9] === 0 && bytes.readUInt32LE(18) >= 6 + 16 * images;
}

function markup(bytes: Buffer): ImageFormat {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
  if (root(text) === 'svg') return unsupported('SVG');
  if (/^\s*</.test(text)) return notAnImage('its bytes are HTML, XML or the like');
  return notAnImage(
    text.includes('\0') || text.includes('\ufffd') ? 'its bytes are of no known kind' : 'its bytes are text',
  );
}

/** The name of an XML document's first element, whatever declarations and comments stand before it. */
function root(text: string): string | undefined {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!', at)) at = afterDoctype(text, at);
    else return /^<(?:[\w.-]+:)?([\w.-]+)/.exec(text.slice(at, at + 100))?.[1]?.toLowerCase();
  }
}

const after = (text: string, mark: string, from: number): number => {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
};

function afterDoctype(text: string, from: number): number {
  const end = text.indexOf('>', from);
  const subset = text.indexOf('[', from);
  return subset !== -1 && subset < end ? after(text, '>', after(text, ']', subset)) : after(text, '>', from);
}
