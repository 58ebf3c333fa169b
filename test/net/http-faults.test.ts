// What servers do wrong, byte for byte: each comes to a value with a code, and nothing half read is taken for whole.
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Refused } from '../../src/net/answer.ts';
import {
  type Fetcher,
  type FetcherOptions,
  type FetchRequest,
  openFetcher,
} from '../../src/net/guarded-fetch.ts';
import { openWebServer } from '../web-server.ts';
import { openRawServer } from './raw-server.ts';

let fetcher: Fetcher;
beforeAll(async () => {
  fetcher = await open({});
});
afterAll(() => fetcher.close());

const open = (options: Partial<FetcherOptions>): Promise<Fetcher> =>
  openFetcher({ userAgent: 'test', timeoutMs: 20_000, allowHosts: ['127.0.0.1'], ...options });

type Script = string | Buffer | ((socket: Socket) => void);

/** What comes of a server that answers so, and what it says of it. */
async function ask(
  script: Script,
  request: Partial<FetchRequest> = {},
  by: Fetcher = fetcher,
): Promise<Answer | Refused> {
  const server = await openRawServer(typeof script === 'function' ? script : (socket) => socket.end(script));
  try {
    const { signal } = new AbortController();
    const url = `${server.url}${request.url ?? '/'}`;
    return await by.fetch({ stage: 'fetch', maxBytes: 1_000_000, atCap: 'refuse', signal, ...request, url });
  } finally {
    await server.close();
  }
}

const told = (answer: Answer | Refused): string =>
  answer.outcome === 'answered'
    ? `${answer.status} ${answer.body.toString('latin1')}`
    : answer.outcome === 'skipped'
      ? answer.code
      : answer.failure.code;
const reasonOf = (answer: Answer | Refused): string =>
  answer.outcome === 'answered' ? '' : answer.outcome === 'skipped' ? answer.reason : answer.failure.reason;

const ok = (headers: string, body = ''): string => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
const chunked = (chunks: string): string => ok('transfer-encoding: chunked', chunks);
const encoded = (name: string, body: Buffer, more = `content-length: ${body.length}`): Buffer =>
  Buffer.concat([Buffer.from(ok(`content-encoding: ${name}\r\n${more}`)), body]);

const text = 'a body of some length, '.repeat(200);
const zipped = gzipSync(text);

describe('crawl 24: bad answers, as Nutch tests them', () => {
  const table: [name: string, script: Script, outcome: string][] = [
    ['no status line at all', '<html>hello</html>', 'bad_response'],
    ['a status without a message', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nhi', '200 hi'],
    ['a status without a message but its blank', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nhi', '200 hi'],
    ['an answer of HTTP 0.9', 'hi', 'bad_response'],
    ['an answer of HTTP 1.0', 'HTTP/1.0 200 OK\r\n\r\nhi', '200 hi'],
    ['an unknown version of HTTP', 'HTTP/7.3 200 OK\r\n\r\nhi', 'bad_response'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\nhi', 'bad_response'],
    ['a length that is NaN', ok('content-length: NaN', 'hi'), 'bad_response'],
    ['a header that is a colon', ok(': nothing\r\ncontent-length: 2', 'hi'), 'bad_response'],
    ['a header without a colon', ok('nothing\r\ncontent-length: 2', 'hi'), 'bad_response'],
    ['a header with colons in its value', ok('x-a: b:c::d\r\ncontent-length: 2', 'hi'), '200 hi'],
    [
      'a header of several lines',
      ok('x-a: one\r\n two\r\n\tthree\r\ncontent-length: 2', 'hi'),
      'bad_response',
    ],
    [
      'a header that is overlong',
      ok(`x-a: ${'x'.repeat(70_000)}\r\ncontent-length: 2`, 'hi'),
      'bad_response',
    ],
    ['very many headers', ok(`${'x: y\r\n'.repeat(20_000)}content-length: 2`, 'hi'), 'bad_response'],
    ['lines that end in LF only', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nhi', 'bad_response'],
    ['a control character in a header', ok('x-a: \u0000\u0007\r\ncontent-length: 2', 'hi'), 'bad_response'],
    [
      'a redirect with a broken body',
      `HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnoz!`,
      'too_many_redirects',
    ],
    ['chunks', chunked('2\r\nhi\r\n0\r\n\r\n'), '200 hi'],
    ['chunks with an extension and a trailer', chunked('2;a=b\r\nhi\r\n0\r\nx-a: b\r\n\r\n'), '200 hi'],
    ['chunks of another size than they say', chunked('5\r\nhi\r\n0\r\n\r\n'), 'bad_response'],
    [
      'chunks and a length',
      ok('transfer-encoding: chunked\r\ncontent-length: 2', '2\r\nhi\r\n0\r\n\r\n'),
      'bad_response',
    ],
    ['no body, and the connection closed', 'HTTP/1.1 200 OK\r\n\r\n', '200 '],
    ['gzip that is cut off', encoded('gzip', zipped.subarray(0, 30), 'connection: close'), 'bad_response'],
    [
      'gzip of which only the head came',
      encoded('gzip', zipped.subarray(0, 10), 'connection: close'),
      'bad_response',
    ],
    [
      'gzip with a wrong sum',
      encoded('gzip', Buffer.concat([zipped.subarray(0, -8), Buffer.alloc(8)])),
      'bad_response',
    ],
    ['deflate that is cut off', encoded('deflate', deflateSync(text).subarray(0, 20)), 'bad_response'],
    ['brotli that is cut off', encoded('br', brotliCompressSync(text).subarray(0, 20)), 'bad_response'],
    ['an encoding that nobody asked for', encoded('compress', Buffer.from('hi')), 'bad_response'],
    ['only an answer before the answer', 'HTTP/1.1 100 Continue\r\n\r\n', 'network_error'],
    [
      'an answer before the answer',
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok('content-length: 2', 'hi')}`,
      '200 hi',
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'bad_response'],
    [
      'a switch to another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'network_error',
    ],
  ];
  test.each(table)('%s', async (_name, script, outcome) => {
    expect(told(await ask(script))).toBe(outcome);
  });

  test('paths that are odd are asked for as a URL spells them, and never split the request', async () => {
    const seen: string[] = [];
    const server = await openWebServer({});
    const paths = [
      '/a b',
      '/ä?ö',
      '/%0d%0aHost:%20evil',
      '/a\r\nX: y',
      '//evil.example/',
      '/?',
      '/..%2f..%2f',
      '/;a=b:c',
    ];
    for (const path of paths) {
      const { signal } = new AbortController();
      const answer = await fetcher.fetch({
        url: `${server.url}${path}`,
        stage: 'find',
        maxBytes: 10,
        atCap: 'cut',
        signal,
      });
      expect([path, told(answer)]).toEqual([path, '404 ']);
      seen.push(server.asked.at(-1)?.path ?? '');
    }
    expect(seen).toEqual([
      '/a%20b',
      '/%C3%A4?%C3%B6',
      '/%0d%0aHost:%20evil',
      '/aX:%20y',
      '//evil.example/',
      '/',
      '/..%2f..%2f',
      '/;a=b:c',
    ]);
    expect(new Set(server.asked.map(({ headers }) => headers.host))).toEqual(new Set([server.host]));
    await server.close();
  });
});

describe('crawl 25: lengths that lie', () => {
  const table: [name: string, script: Script, outcome: string][] = [
    ['longer than what comes', ok('content-length: 9', 'hi'), 'network_error'],
    ['shorter than what comes', ok('content-length: 2', 'hi there'), '200 hi'],
    ['missing, until the connection ends', 'HTTP/1.1 200 OK\r\n\r\nhi', '200 hi'],
    ['negative', ok('content-length: -1', 'hi'), 'bad_response'],
    ['with a sign', ok('content-length: +2', 'hi'), 'bad_response'],
    ['in hexadecimal', ok('content-length: 0x2', 'hi'), 'bad_response'],
    ['with a fraction', ok('content-length: 2.0', 'hi'), 'bad_response'],
    ['beyond all numbers', ok(`content-length: ${'9'.repeat(40)}`, 'hi'), 'bad_response'],
    ['larger than may be', ok('content-length: 9000000000', 'hi'), 'too_many_bytes'],
    ['twice, and different', ok('content-length: 2\r\ncontent-length: 3', 'hi'), 'bad_response'],
    ['twice, and in one line', ok('content-length: 2, 3', 'hi'), 'bad_response'],
    [
      'of the plain body, while it is encoded',
      encoded('gzip', zipped, `content-length: ${text.length}`),
      'network_error',
    ],
    [
      'one byte too few of an encoded body',
      encoded('gzip', zipped, `content-length: ${zipped.length - 1}`),
      'bad_response',
    ],
  ];
  test.each(table)('%s', async (_name, script, outcome) => {
    expect(told(await ask(script))).toBe(outcome);
  });
});

test('crawl 26: chunks that are cut off anywhere are no answer', async () => {
  const whole = chunked('5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n');
  expect(told(await ask(whole))).toBe('200 hello world');
  const start = whole.indexOf('\r\n\r\n') + 4;
  for (let end = start; end < whole.length; end++) {
    const came = await ask(whole.slice(0, end));
    expect([end - start, came.outcome, told(came)]).toEqual([end - start, 'failed', 'network_error']);
  }
  const reset = await ask((socket) => {
    socket.write(chunked('5\r\nhel'));
    setTimeout(() => socket.resetAndDestroy(), 50);
  });
  expect(told(reset)).toBe('network_error');
});

describe('crawl 27: time', () => {
  const trickle =
    (start: string, more: string, everyMs: number): Script =>
    (socket) => {
      socket.write(start);
      const timer = setInterval(() => socket.write(more), everyMs);
      socket.on('close', () => clearInterval(timer));
    };

  test('headers and bodies that trickle end when the whole may take no longer', async () => {
    const patient = await open({ timeoutMs: 700 });
    for (const script of [
      trickle('HTTP/1.1 200 OK\r\nx-slow: ', 'x', 50),
      trickle('HTTP/1.1 200 OK\r\n', 'x-slow: y\r\n', 50),
      trickle(ok('content-length: 100000'), 'x', 50),
      trickle(ok('transfer-encoding: chunked'), '1\r\nx\r\n', 50),
    ]) {
      const answer = await ask(script, {}, patient);
      expect([told(answer), reasonOf(answer).replace(/^\S+ /, '')]).toEqual([
        'timed_out',
        'not complete within 0.7 s',
      ]);
    }
    await patient.close();
  });

  test('no first byte, and a body that stands still, each have their own words', async () => {
    const quick = await open({ firstByteTimeoutMs: 500, stallTimeoutMs: 500 });
    const silent = ask(() => undefined, {}, quick);
    const still = ask((socket) => void socket.write(ok('content-length: 9', 'hi')), {}, quick);
    expect([told(await silent), reasonOf(await silent)]).toEqual([
      'timed_out',
      expect.stringContaining('no answer began in time'),
    ]);
    expect([told(await still), reasonOf(await still)]).toEqual([
      'timed_out',
      expect.stringContaining('the answer stood still'),
    ]);
    await quick.close();
  });
});

test('crawl 28: of a body that never ends no more is taken than the cap and what is on its way', async () => {
  const [maxBytes, onItsWayBytes] = [100_000, 4_000_000];
  for (const [atCap, outcome] of [
    ['refuse', 'too_many_bytes'],
    ['cut', `200 ${'x'.repeat(maxBytes)}`],
  ] as const) {
    for (const head of ['HTTP/1.1 200 OK\r\n\r\n', ok('content-length: 99999'.padEnd(31, '9'))]) {
      let sentBytes = 0;
      let ended = (): void => undefined;
      const closed = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const answer = await ask(
        (socket) => {
          socket.on('close', ended);
          socket.write(head);
          const pour = (): void => {
            do sentBytes += 10_000;
            while (!socket.destroyed && socket.write('x'.repeat(10_000)));
          };
          socket.on('drain', pour);
          pour();
        },
        { maxBytes, atCap },
      );
      await closed;
      expect(told(answer)).toBe(outcome);
      expect(sentBytes).toBeLessThan(maxBytes + onItsWayBytes);
    }
  }
});

test('crawl 30: what is encoded twenty times is not decoded, and twice is', async () => {
  const times = (count: number): Buffer => {
    let body: Buffer = Buffer.from('hi');
    for (let turn = 0; turn < count; turn++) body = gzipSync(body);
    return encoded(Array(count).fill('gzip').join(', '), body);
  };
  expect(told(await ask(times(2)))).toBe('200 hi');
  const twenty = await ask(times(20));
  expect([told(twenty), reasonOf(twenty)]).toEqual([
    'bad_response',
    expect.stringContaining('it is encoded 20 times'),
  ]);
});

test('zstd is asked for only where this Node.js can undo it, and refused with its name elsewhere', async () => {
  const zlib = await import('node:zlib');
  const can = 'createZstdDecompress' in zlib;
  let asked = '';
  const answer = await ask((socket) => socket.end(encoded('zstd', Buffer.from('no zstd'))), {
    before: async () => undefined as never,
  });
  const server = await openWebServer({ '/': 'hi' });
  const { signal } = new AbortController();
  await fetcher.fetch({ url: server.url, stage: 'find', maxBytes: 10, atCap: 'cut', signal });
  asked = String(server.asked[0]?.headers['accept-encoding']);
  await server.close();
  expect(asked.includes('zstd')).toBe(can);
  expect(told(answer)).toBe('bad_response');
  if (!can) expect(reasonOf(answer)).toContain('its encoding "zstd" is unknown');
});
