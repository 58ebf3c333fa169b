// One describer as the main process sees it: started, spoken to, ended.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { frameReader, writeFrame } from './frames.ts';
import type { Order, Report } from './messages.ts';

export interface DescriberProcess {
  readonly pid: number | undefined;
  send(order: Order, payload?: Uint8Array): void;
  /** It leaves by itself: nothing may be in flight. */
  end(): void;
  kill(): void;
}

export interface DescriberEvents {
  onReport(report: Report, payload: Buffer): void;
  /** Once, whatever the cause, in words. */
  onGone(cause: string): void;
}

/** A thumbnail is some 30 kB: what claims more is not one of ours. */
const maxPayloadBytes = 16 * 1024 * 1024;
const keptErrorChars = 2000;

/** What a decoder of strangers' files needs to know of our environment; no secrets. */
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'TZ', 'SYSTEMROOT', 'LD_LIBRARY_PATH'];
const passedOnToo = /^(IMAGEDEX_INFERENCE_LOG|NODE_V8_COVERAGE|NODE_OPTIONS|VIPS_|G_|MALLOC_)/;

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => passedOn.includes(name) || passedOnToo.test(name),
  );
  // glibc keeps freed memory by default, a heap a thread: pictures would grow a describer for good.
  const malloc = {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '1048576',
    MALLOC_TRIM_THRESHOLD_: '4194304',
  };
  return { ...malloc, ...Object.fromEntries(kept) };
}

export function startDescriber(entry: URL, events: DescriberEvents): DescriberProcess {
  const child = spawn(process.execPath, [fileURLToPath(entry)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: environment(),
    windowsHide: true,
  });
  const pipe = child.stdio[3] as Duplex;
  const read = frameReader((report, payload) => events.onReport(report as Report, payload), maxPayloadBytes);
  pipe.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      child.kill('SIGKILL');
    }
  });
  // A write to one that has died; its end is told by 'close'.
  pipe.on('error', () => {});
  const errors = lastWords(child);
  let isGone = false;
  const gone = (cause: string): void => {
    if (isGone) return;
    isGone = true;
    pipe.destroy();
    events.onGone(cause);
  };
  child.on('error', (error) => gone(`it could not be started: ${error.message}`));
  child.on('close', (code, signal) => gone(`it ended with ${signal ?? `code ${code}`}${errors()}`));
  return {
    pid: child.pid,
    send: (order, payload) => writeFrame(pipe, order, payload),
    end: () => void pipe.end(),
    kill: () => void child.kill('SIGKILL'),
  };
}

function lastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-keptErrorChars);
  });
  return () => (text.trim() === '' ? '' : `: ${text.trim()}`);
}
