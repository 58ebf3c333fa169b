// An export of the collection `many`, made up: 500 pages that show as many images as wanted.
import { createHash } from 'node:crypto';
import { descriptionKey } from '../../src/record.ts';

const at = '2026-11-21T09:30:00.000Z';
const source = 'web:https://many.example/';
/** Its frame and scan are what a JPEG's are, of 16 pixels each way; what is in the scan is nothing. */
const head = 'ffd8ffc0000b080010001001011100ffda0008010100003f00';
const thumbnail = Buffer.concat([
  Buffer.from(head, 'hex'),
  Buffer.alloc(4000, 7),
  Buffer.from('ffd9', 'hex'),
]).toString('base64');
const model = 'made-up@1#0000';

function imageLine(number: number) {
  const sha256 = createHash('sha256').update(String(number)).digest('hex');
  const key = descriptionKey(sha256, model, 'original');
  const address = `https://many.example/${number}.jpg`;
  const page = `https://many.example/${number % 500}.html`;
  return {
    type: 'image',
    sha256,
    description: {
      key,
      model,
      format: 'JPEG',
      width: 100,
      height: 80,
      sizeBytes: 5000,
      exif: {},
      scores: [
        ['n01629819', 40_000],
        ['n02121808', 20_000],
      ],
      embedding: Buffer.alloc(512, number % 256).toString('base64'),
      describedAt: at,
    },
    locations: [
      {
        source,
        address,
        url: address,
        host: 'many.example',
        words: String(number),
        foundAt: at,
        fetchedAt: at,
        validators: { etag: `"${number}"` },
        descriptionKey: key,
        appearances: [{ page, pageUrl: page, context: { alt: `picture ${number}` }, seenAt: at }],
      },
    ],
    thumbnail,
  };
}

function* objects(count: number): Generator<object> {
  yield {
    type: 'header',
    format: 'imagedex-collection',
    version: 1,
    id: '0123456789abcdef',
    collection: 'many',
    sources: [source],
    exportedAt: at,
    imagedex: '0.1.0',
  };
  for (let number = 0; number < 500; number++) {
    const address = `https://many.example/${number}.html`;
    const facts = { title: null, validators: {}, links: [], depth: 1, state: 'expanded', code: null };
    yield { type: 'page', source, address, ...facts, expandedAt: at };
  }
  for (let number = 0; number < count; number++) yield imageLine(number);
  yield {
    type: 'footer',
    lines: count + 502,
    pages: 500,
    images: count,
    locations: count,
    appearances: count,
  };
}

export function* madeUpLines(count: number): Generator<string> {
  for (const line of objects(count)) yield `${JSON.stringify(line)}\n`;
}
