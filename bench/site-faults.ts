// What servers do wrong, one kind each: resets, silence, errors, cut and lying bodies, broken pictures, loops, slowness.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { below, type Random } from './random.ts';

export const faultKinds = [
  'reset before an answer',
  'reset in the body',
  'no answer',
  'status 500',
  'status 503',
  'status 429',
  'body shorter than said',
  'body longer than said',
  'broken picture',
  'redirect loop',
  'slow answer',
  'empty body',
  'gzip that is none',
] as const;
export type Fault = (typeof faultKinds)[number];

const slowMs = 1500;
/** Longer than any crawler under test is told to wait. */
const silentMs = 60_000;

export function faultFor(random: Random, type: string): Fault {
  const fault = faultKinds[below(random, faultKinds.length)]!;
  return fault === 'broken picture' && !type.startsWith('image/') ? 'status 500' : fault;
}

export async function sendFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  body: Buffer,
): Promise<void> {
  const half = body.subarray(0, body.length >> 1);
  const headers = { 'content-type': type };
  const whole = { ...headers, 'content-length': body.length };
  switch (fault) {
    case 'reset before an answer':
      return void request.socket.resetAndDestroy();
    case 'reset in the body':
      response.writeHead(200, whole).write(half);
      await sleep(20);
      return void request.socket.resetAndDestroy();
    case 'no answer':
      await Promise.race([sleep(silentMs), new Promise((closed) => request.socket.once('close', closed))]);
      return void request.socket.destroy();
    case 'status 500':
      return void response.writeHead(500, { 'content-length': 0 }).end();
    case 'status 503':
    case 'status 429':
      return void response
        .writeHead(fault === 'status 503' ? 503 : 429, { 'retry-after': '0', 'content-length': 0 })
        .end();
    case 'body shorter than said':
      response.writeHead(200, whole).write(half);
      return void request.socket.end();
    case 'body longer than said':
      // More than was announced is no part of this answer: the connection is of no use any more.
      request.socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${half.length}\r\n\r\n`,
      );
      request.socket.write(body);
      return void request.socket.end();
    case 'broken picture': {
      const broken = Buffer.from(body);
      broken.fill(0, broken.length >> 2, broken.length >> 1);
      return void response.writeHead(200, whole).end(broken);
    }
    case 'redirect loop':
      return void response.writeHead(302, { location: request.url ?? '/', 'content-length': 0 }).end();
    case 'slow answer':
      await sleep(slowMs);
      return void response.writeHead(200, whole).end(body);
    case 'empty body':
      return void response.writeHead(200, { ...headers, 'content-length': 0 }).end();
    case 'gzip that is none':
      return void response.writeHead(200, { ...whole, 'content-encoding': 'gzip' }).end(body);
  }
}
