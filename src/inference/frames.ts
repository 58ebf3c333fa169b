// Frames on the pipe between the main process and a describer: lengths, a JSON header, then raw bytes.
import type { Writable } from 'node:stream';
import { allocateContent } from '../content-memory.ts';

const prefixBytes = 8;
const maxHeaderBytes = 4 * 1024 * 1024;

/** The payload goes as it is: contents are never copied through JSON. */
export function writeFrame(to: Writable, header: object, payload?: Uint8Array): void {
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.allocUnsafe(prefixBytes + json.length);
  start.writeUInt32LE(json.length, 0);
  start.writeUInt32LE(payload?.length ?? 0, 4);
  json.copy(start, prefixBytes);
  if (payload === undefined || payload.length === 0) return void to.write(start);
  to.cork();
  to.write(start);
  to.write(payload);
  to.uncork();
}

/** Takes chunks as they come; each part of a frame is read into one buffer of its length. */
export function frameReader(
  onFrame: (header: unknown, payload: Buffer) => void,
  maxPayloadBytes: number,
): (chunk: Uint8Array) => void {
  let part: 'prefix' | 'header' | 'payload' = 'prefix';
  let buffer = Buffer.alloc(prefixBytes);
  let filled = 0;
  let payloadBytes = 0;
  let header: unknown;

  const expect = (next: typeof part, bytes: number): void => {
    part = next;
    filled = 0;
    // Not from the shared pool: a kept payload must not keep its neighbours.
    buffer = allocateContent(bytes);
  };

  const onPart = (): void => {
    if (part === 'prefix') {
      const headerBytes = buffer.readUInt32LE(0);
      payloadBytes = buffer.readUInt32LE(4);
      if (headerBytes > maxHeaderBytes || payloadBytes > maxPayloadBytes) {
        throw new Error(`frame too large: ${headerBytes} + ${payloadBytes} bytes`);
      }
      expect('header', headerBytes);
    } else if (part === 'header') {
      header = JSON.parse(buffer.toString());
      expect('payload', payloadBytes);
    } else {
      const payload = buffer;
      expect('prefix', prefixBytes);
      onFrame(header, payload);
    }
  };

  return (chunk) => {
    for (let read = 0; read < chunk.length; ) {
      const taken = Math.min(buffer.length - filled, chunk.length - read);
      buffer.set(chunk.subarray(read, read + taken), filled);
      filled += taken;
      read += taken;
      while (filled === buffer.length) onPart();
    }
  };
}
