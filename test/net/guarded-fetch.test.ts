import type { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { ByteBudget } from '../../src/budget.ts';
import type { Answer, Refused } from '../../src/net/answer.ts';
import { type FetchRequest, openFetcher } from '../../src/net/guarded-fetch.ts';
import { openWebServer, type Page } from '../web-server.ts';
import { openRawServer } from './raw-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(pages: Record<string, Page>) {
  const server = await openWebServer(pages);
  closing.push(server.close);
  return server;
}
async function serveRaw(answer: string | Buffer | ((socket: Socket) => void)) {
  const server = await openRawServer(typeof answer === 'function' ? answer : (socket) => socket.end(answer));
  closing.push(server.close);
  return server;
}
async function get(
  url: string,
  request: Partial<FetchRequest> = {},
  timeoutMs = 30_000,
): Promise<Answer | Refused> {
  const fetcher = await openFetcher({ userAgent: 'test', timeoutMs, allowHosts: ['127.0.0.1'] });
  closing.push(fetcher.close);
  const signal = new AbortController().signal;
  return fetcher.fetch({ url, stage: 'fetch', maxBytes: 1_000_000, atCap: 'refuse', signal, ...request });
}
const codeOf = (answer: Answer | Refused): string | number =>
  answer.outcome === 'answered'
    ? answer.status
    : answer.outcome === 'skipped'
      ? answer.code
      : answer.failure.code;
const bodyOf = (answer: Answer | Refused): string =>
  answer.outcome === 'answered' ? answer.body.toString() : `${answer.outcome} ${codeOf(answer)}`;

describe('answers', () => {
  test('status, headers, address and body', async () => {
    const server = await serve({ '/': '<p>hello' });
    const answer = await get(server.url);
    expect(answer).toMatchObject({ outcome: 'answered', status: 200, url: `${server.url}/`, isCut: false });
    expect(bodyOf(answer)).toBe('<p>hello');
    expect(server.asked[0]?.headers['user-agent']).toBe('test');
  });

  test('a status other than 200 comes without its body', async () => {
    const server = await serve({ '/': { status: 500, body: 'broken' } });
    const answer = await get(server.url);
    expect([codeOf(answer), bodyOf(answer)]).toEqual([500, '']);
  });

  test('a body is decoded, however it was encoded', async () => {
    const text = 'hello '.repeat(1000);
    const encoded: Record<string, Buffer> = {
      gzip: gzipSync(text),
      br: brotliCompressSync(text),
      deflate: deflateSync(text),
      'gzip, br': brotliCompressSync(gzipSync(text)),
    };
    for (const [name, body] of Object.entries(encoded)) {
      const server = await serve({ '/': { headers: { 'content-encoding': name }, body } });
      expect([name, bodyOf(await get(server.url))]).toEqual([name, text]);
    }
    const raw = await serve({
      '/': { headers: { 'content-encoding': 'deflate' }, body: deflateRawSync(text) },
    });
    expect(bodyOf(await get(raw.url))).toBe(text);
  });

  test('an encoding nobody asked for, too many of them, and broken ones', async () => {
    const wrong: [string, string | Buffer][] = [
      ['compress', 'x'],
      ['gzip, gzip, gzip', gzipSync(gzipSync(gzipSync('x')))],
      ['gzip', 'this is no gzip'],
      ['gzip', gzipSync('hello '.repeat(1000)).subarray(0, 30)],
      ['br', 'this is no brotli'],
    ];
    for (const [name, body] of wrong) {
      const server = await serve({ '/': { headers: { 'content-encoding': name }, body } });
      expect([name, codeOf(await get(server.url))]).toEqual([name, 'bad_response']);
    }
  });
});

describe('bounds', () => {
  test('a body of the cap is read, one byte more is refused or cut', async () => {
    const server = await serve({ '/ten': 'x'.repeat(10), '/eleven': 'x'.repeat(11) });
    expect(bodyOf(await get(`${server.url}/ten`, { maxBytes: 10 }))).toBe('x'.repeat(10));
    expect(codeOf(await get(`${server.url}/eleven`, { maxBytes: 10 }))).toBe('too_many_bytes');
    const cut = await get(`${server.url}/eleven`, { maxBytes: 10, atCap: 'cut' });
    expect([bodyOf(cut), cut.outcome === 'answered' && cut.isCut]).toEqual(['x'.repeat(10), true]);
  });

  test('a body without a length that never ends is cut off', async () => {
    const server = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (!socket.destroyed && socket.write('x'.repeat(10_000)));
      };
      socket.on('drain', pour);
      pour();
    });
    expect(codeOf(await get(server.url, { maxBytes: 100_000 }))).toBe('too_many_bytes');
    expect(bodyOf(await get(server.url, { maxBytes: 10, atCap: 'cut' }))).toBe('x'.repeat(10));
  });

  test('a small body that grows beyond the cap when decoded is refused, and never held', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 ** 2));
    const server = await serve({ '/': { headers: { 'content-encoding': 'gzip' }, body: bomb } });
    const before = process.memoryUsage().rss;
    expect(codeOf(await get(server.url))).toBe('decompressed_too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
    const cut = await get(server.url, { atCap: 'cut' });
    expect(cut.outcome === 'answered' && [cut.body.length, cut.isCut]).toEqual([1_000_000, true]);
  });

  test('the deadline covers headers that trickle and bodies that trickle', async () => {
    const trickle = (start: string) => (socket: Socket) => {
      socket.write(start);
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    };
    const headers = await serveRaw(trickle('HTTP/1.1 200 OK\r\nx-slow: '));
    const body = await serveRaw(trickle('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'));
    const silent = await serveRaw(() => undefined);
    for (const { url } of [headers, body, silent]) expect(codeOf(await get(url, {}, 300))).toBe('timed_out');
  });

  test('headers that are too large', async () => {
    const server = await serveRaw(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`);
    expect(codeOf(await get(server.url))).toBe('bad_response');
  });

  test('memory is reserved before the body is read, and more as it grows', async () => {
    const server = await serve({
      '/known': 'x'.repeat(500),
      '/unknown': (_request, response) => {
        response.write('x'.repeat(1_500_000));
        response.end('x'.repeat(1_500_000));
        return undefined;
      },
    });
    const budget = new ByteBudget(10_000_000);
    await get(`${server.url}/known`, { memory: budget.hold() });
    expect(budget.heldBytes).toBe(500);
    const unknown = await get(`${server.url}/unknown`, { memory: budget.hold(), maxBytes: 10_000_000 });
    expect(bodyOf(unknown).length).toBe(3_000_000);
    expect(budget.heldBytes).toBe(500 + 3 * 1024 ** 2);
  });

  test('two bodies of unknown length that need all the memory there is do not wait for each other', async () => {
    const big: Page = (_request, response) => {
      for (let turn = 0; turn < 4; turn++) response.write('x'.repeat(1024 ** 2));
      response.end();
      return undefined;
    };
    const server = await serve({ '/': big });
    const budget = new ByteBudget(6 * 1024 ** 2);
    const one = async () => {
      const memory = budget.hold();
      const answer = await get(server.url, { memory, maxBytes: 10_000_000 });
      memory.release();
      return codeOf(answer);
    };
    expect(await Promise.all([one(), one(), one()])).toEqual([200, 200, 200]);
    expect(budget.heldBytes).toBe(0);
  });

  test('bodies of unknown length grow beyond the memory one at a time, until the content is given back', async () => {
    const server = await serve({
      '/': (_request, response) => {
        for (let turn = 0; turn < 8; turn++) response.write('x'.repeat(1024 ** 2));
        response.end();
        return undefined;
      },
    });
    const budget = new ByteBudget(4 * 1024 ** 2);
    let most = 0;
    const one = async () => {
      const memory = budget.hold();
      const answer = await get(server.url, { memory, maxBytes: 10_000_000 });
      most = Math.max(most, budget.heldBytes);
      await new Promise((later) => setTimeout(later, 20));
      memory.release();
      return codeOf(answer);
    };
    expect(await Promise.all([one(), one(), one(), one()])).toEqual([200, 200, 200, 200]);
    expect(most).toBeLessThanOrEqual(12 * 1024 ** 2);
    expect(budget.heldBytes).toBe(0);
  });

  test('a body that fills the memory and then trickles does not make the bodies of others late', async () => {
    const server = await serve({
      '/slow': (_request, response) => void response.write('x'.repeat(2 * 1024 ** 2)),
      '/good': (_request, response) => {
        response.write('x'.repeat(2 * 1024 ** 2));
        response.end('x'.repeat(1024 ** 2));
        return undefined;
      },
    });
    const budget = new ByteBudget(3 * 1024 ** 2);
    const one = async (path: string) => {
      const memory = budget.hold();
      const answer = await get(`${server.url}${path}`, { memory, maxBytes: 10_000_000 }, 1500);
      memory.release();
      return codeOf(answer);
    };
    const slow = one('/slow');
    while (budget.heldBytes < 2 * 1024 ** 2) await new Promise((later) => setTimeout(later, 5));
    const answers = await Promise.all([slow, one('/good'), one('/good')]);
    expect(answers).toEqual(['timed_out', 200, 200]);
  });
});

describe('bodies that hold memory', () => {
  const mebibyte = 1024 ** 2;

  test('what a body only promises is not held: others are read while it trickles', async () => {
    const slow: Page = (_request, response) => {
      response.writeHead(200, { 'content-length': 8 * mebibyte });
      response.write('x');
      return undefined;
    };
    const server = await serve({ '/slow': slow, '/good': 'x'.repeat(3 * mebibyte) });
    const budget = new ByteBudget(8 * mebibyte);
    const stop = new AbortController();
    const request = { maxBytes: 10 * mebibyte, signal: stop.signal };
    const slowOnes = Array.from({ length: 6 }, () =>
      get(`${server.url}/slow`, { ...request, memory: budget.hold() }),
    );
    while (server.asked.length < 6 || budget.heldBytes === 0)
      await new Promise((later) => setTimeout(later, 5));
    const good = await get(`${server.url}/good`, { ...request, memory: budget.hold() });
    expect(bodyOf(good).length).toBe(3 * mebibyte);
    expect(budget.heldBytes).toBeLessThan(4 * mebibyte);
    stop.abort();
    await Promise.all(slowOnes);
  });

  test('a known length is held to the byte in the end, in one piece that can be freed', async () => {
    const server = await serve({ '/': Buffer.alloc(5 * mebibyte + 7, 'ab') });
    const budget = new ByteBudget(2 * mebibyte);
    const memory = budget.hold();
    const answer = await get(server.url, { memory, maxBytes: 10 * mebibyte });
    if (answer.outcome !== 'answered') throw new Error(codeOf(answer) as string);
    expect(answer.body.equals(Buffer.alloc(5 * mebibyte + 7, 'ab'))).toBe(true);
    expect(budget.heldBytes).toBe(5 * mebibyte + 7);
    expect((answer.body.buffer as ArrayBuffer).resizable).toBe(true);
    memory.release();
    expect(budget.heldBytes).toBe(0);
  });

  test('large bodies of known length that need all the memory there is do not wait for each other', async () => {
    const server = await serve({ '/': 'x'.repeat(4 * mebibyte) });
    const budget = new ByteBudget(6 * mebibyte);
    let most = 0;
    const one = async () => {
      const memory = budget.hold();
      const answer = await get(server.url, { memory, maxBytes: 10 * mebibyte });
      most = Math.max(most, budget.heldBytes);
      memory.release();
      return codeOf(answer);
    };
    expect(await Promise.all([one(), one(), one(), one()])).toEqual([200, 200, 200, 200]);
    expect(most).toBeLessThanOrEqual(10 * mebibyte);
  });

  test('a body that holds much and then trickles is given up early; one that holds little may take its time', async () => {
    const trickling =
      (bytes: number): Page =>
      (_request, response) => {
        response.writeHead(200, { 'content-length': bytes + 10 });
        response.write('x'.repeat(bytes));
        let left = 10;
        const timer = setInterval(() => {
          response.write('x');
          if (--left === 0) response.end();
        }, 100);
        response.on('close', () => clearInterval(timer));
        return undefined;
      };
    const server = await serve({ '/much': trickling(3 * mebibyte), '/little': trickling(1000) });
    const fetcher = await openFetcher({
      userAgent: 'test',
      timeoutMs: 30_000,
      stallTimeoutMs: 300,
      allowHosts: ['127.0.0.1'],
    });
    closing.push(fetcher.close);
    const { signal } = new AbortController();
    const one = (path: string) =>
      fetcher.fetch({
        url: `${server.url}${path}`,
        stage: 'fetch',
        maxBytes: 10 * mebibyte,
        atCap: 'refuse',
        memory: new ByteBudget(8 * mebibyte).hold(),
        signal,
      });
    const [much, little] = await Promise.all([one('/much'), one('/little')]);
    expect([codeOf(much), codeOf(little)]).toEqual(['timed_out', 200]);
  });
});

describe('redirects', () => {
  const to = (location: string, status = 302): Page => ({ status, headers: { location } });

  test('crawl 31: five are followed, a sixth is not', async () => {
    const pages: Record<string, Page> = { '/0': 'there' };
    for (let left = 1; left <= 6; left++)
      pages[`/${left}`] = to(`/${left - 1}`, [301, 302, 303, 307, 308, 301][left - 1]);
    const server = await serve(pages);
    const five = await get(`${server.url}/5`);
    expect([bodyOf(five), five.outcome === 'answered' && five.url]).toEqual(['there', `${server.url}/0`]);
    expect(codeOf(await get(`${server.url}/6`))).toBe('too_many_redirects');
  });

  test('crawl 31: in a circle, to itself, and by twenty hops end after six requests', async () => {
    const hops = Array.from({ length: 20 }, (_, at): [string, Page] => [`/hop${at}`, to(`/hop${at + 1}`)]);
    const server = await serve({
      '/a': to('/b'),
      '/b': to('/a'),
      '/self': to('/self'),
      ...Object.fromEntries(hops),
      '/hop20': 'there',
    });
    for (const path of ['/a', '/self', '/hop0']) {
      server.forget();
      expect([path, codeOf(await get(server.url + path))]).toEqual([path, 'too_many_redirects']);
      expect(server.asked.length).toBe(6);
    }
    expect(bodyOf(await get(`${server.url}/hop15`))).toBe('there');
  });

  test('crawl 31: to another scheme, to nowhere, and without an address', async () => {
    const server = await serve({
      '/file': to('file:///etc/passwd'),
      '/ftp': to('ftp://127.0.0.1/'),
      '/javascript': to('javascript:alert(1)'),
      '/data': to('data:image/png;base64,AAAA'),
      '/none': { status: 302 },
      '/broken': to('http://[:::'),
    });
    const codes = ['file', 'ftp', 'javascript', 'data', 'none', 'broken'].map(async (name) =>
      codeOf(await get(`${server.url}/${name}`)),
    );
    expect(await Promise.all(codes)).toEqual([
      'unsupported_scheme',
      'unsupported_scheme',
      'unsupported_scheme',
      'unsupported_scheme',
      'bad_response',
      'bad_response',
    ]);
  });

  test('crawl 31: an address in UTF-8 or in Latin-1 leads where it should', async () => {
    const server = await serve({ '/caf%C3%A9': 'there' });
    const raw = await serveRaw(
      Buffer.from(`HTTP/1.1 302 Found\r\nlocation: ${server.url}/café\r\ncontent-length: 0\r\n\r\n`, 'utf8'),
    );
    const latin = await serveRaw(
      Buffer.from(
        `HTTP/1.1 302 Found\r\nlocation: ${server.url}/café\r\ncontent-length: 0\r\n\r\n`,
        'latin1',
      ),
    );
    expect(bodyOf(await get(raw.url))).toBe('there');
    expect(bodyOf(await get(latin.url))).toBe('there');
  });

  test('crawl 33: credentials stay with the origin they were given for', async () => {
    const other = await serve({ '/': 'there' });
    const server = await serve({
      '/same': { status: 302, headers: { location: '/next', 'set-cookie': 'theirs=1' } },
      '/next': to(`http://ada:secret@${other.host}/`),
    });
    const headers = { authorization: 'Basic x', cookie: 'a=b', 'x-plain': 'yes' };
    expect(bodyOf(await get(`${server.url}/same`, { headers }))).toBe('there');
    expect(server.asked.map((one) => one.headers.authorization)).toEqual(['Basic x', 'Basic x']);
    expect(other.asked[0]?.headers).toMatchObject({ 'x-plain': 'yes' });
    expect(other.asked[0]?.headers).not.toHaveProperty('authorization');
    expect(other.asked[0]?.headers).not.toHaveProperty('cookie');
    // What a server sets is sent to nobody, not even to itself.
    expect(server.asked.map((one) => one.headers.cookie)).toEqual(['a=b', 'a=b']);
  });

  test('crawl 33: headers of an origin go to it on the way there and back, and to no other', async () => {
    const other = await serve({});
    const server = await serve({ '/': to(`${other.url}/`), '/back': 'there' });
    other.set('/', to(`${server.url}/back`));
    const headers = { authorization: 'Basic x', accept: 'image/own' };
    const originHeaders = { origin: server.url, headers };
    const fetcher = await openFetcher({
      userAgent: 'test',
      timeoutMs: 30_000,
      allowHosts: ['127.0.0.1'],
      originHeaders,
    });
    closing.push(fetcher.close);
    const { signal } = new AbortController();
    const request = { stage: 'fetch', maxBytes: 1000, atCap: 'cut', signal } as const;
    const answer = await fetcher.fetch({ ...request, url: server.url, headers: { accept: 'image/*' } });
    expect(bodyOf(answer)).toBe('there');
    expect(server.asked.map((one) => [one.headers.authorization, one.headers.accept])).toEqual([
      ['Basic x', 'image/own'],
      ['Basic x', 'image/own'],
    ]);
    expect(other.asked[0]?.headers).not.toHaveProperty('authorization');
    expect(other.asked[0]?.headers.accept).toBe('image/*');
  });

  test('each is asked about before it is made, and a refusal ends it', async () => {
    const server = await serve({ '/': to('/a'), '/a': to('/b'), '/b': 'never' });
    const asked: string[] = [];
    const ended: (number | undefined)[] = [];
    const refusal = { outcome: 'skipped', code: 'robots_denied', reason: 'no' } as const;
    const answer = await get(server.url, {
      before: async (url) => {
        asked.push(url.pathname);
        return url.pathname === '/b' ? refusal : { end: (head) => void ended.push(head?.status) };
      },
    });
    expect([codeOf(answer), asked, ended]).toEqual(['robots_denied', ['/', '/a', '/b'], [302, 302]]);
    expect(server.count('/b')).toBe(0);
  });
});

describe('what the other side does wrong', () => {
  test('is a failure with a code, never an exception', async () => {
    const bad: [string, string | ((socket: Socket) => void), string][] = [
      ['no HTTP', 'hello\r\n\r\n', 'bad_response'],
      ['status that is no number', 'HTTP/1.1 abc OK\r\n\r\n', 'bad_response'],
      ['length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: NaN\r\n\r\nx', 'bad_response'],
      ['length below zero', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nx', 'bad_response'],
      ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx', 'bad_response'],
      [
        'length and chunks',
        'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
        'bad_response',
      ],
      ['body shorter than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx', 'network_error'],
      ['chunk cut off', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nx', 'network_error'],
      [
        'chunk size that is no number',
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nx',
        'bad_response',
      ],
      ['connection cut before any answer', (socket) => socket.destroy(), 'network_error'],
      ['connection reset', (socket) => socket.resetAndDestroy(), 'network_error'],
    ];
    for (const [name, answer, code] of bad) {
      const server = await serveRaw(answer);
      expect([name, codeOf(await get(server.url))]).toEqual([name, code]);
    }
  });

  test('a refused connection, an unknown host, addresses that are none', async () => {
    const server = await serve({});
    await server.close();
    const refused = await get(server.url);
    expect(refused).toMatchObject({ failure: { code: 'network_error', retry: 'later', stage: 'fetch' } });
    expect(refused.outcome === 'failed' && refused.failure.reason).toContain('the connection was refused');
    const unknown = await get('http://no-such-host.invalid/');
    expect(codeOf(unknown)).toBe('network_error');
    expect(codeOf(await get('ftp://127.0.0.1/'))).toBe('unsupported_scheme');
    expect(codeOf(await get('data:image/png;base64,AAAA'))).toBe('unsupported_scheme');
    expect(codeOf(await get('nonsense'))).toBe('unsupported_scheme');
  });
});

test('headers are looked at before the body is read', async () => {
  const server = await serve({
    '/': { headers: { 'x-robots-tag': 'noindex' }, body: 'x'.repeat(1_000_000) },
  });
  const refusal = { outcome: 'skipped', code: 'opted_out', reason: 'no' } as const;
  const answer = await get(server.url, {
    screen: (head) => (head.headers['x-robots-tag'] ? refusal : undefined),
  });
  expect(codeOf(answer)).toBe('opted_out');
  const discarded = await get(server.url, { screen: () => 'discard' });
  expect([codeOf(discarded), bodyOf(discarded)]).toEqual([200, '']);
});

test('a stopped fetch is a value too, before and in the middle', async () => {
  const server = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
  const controller = new AbortController();
  const answer = get(server.url, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  expect(codeOf(await answer)).toBe('network_error');
  expect(codeOf(await get(server.url, { signal: controller.signal }))).toBe('network_error');
});
