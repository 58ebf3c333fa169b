// The built program in a process of its own, on a server's indices.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchServer } from './server.ts';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

function start(args: readonly string[], { url, prefix }: BenchServer, dataDir: string): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('IMAGEDEX_'));
  return spawn(process.execPath, [cli, ...args, '--json'], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...Object.fromEntries(own),
      IMAGEDEX_STORE: 'opensearch',
      IMAGEDEX_OPENSEARCH_URLS: url,
      IMAGEDEX_OPENSEARCH_PREFIX: prefix,
      IMAGEDEX_DATA_DIR: dataDir,
      IMAGEDEX_LOG_LEVEL: 'warn',
    },
  });
}

/** What it prints as JSON, unless that is an error. */
export async function runCli<T extends object>(
  args: readonly string[],
  server: BenchServer,
  dataDir: string,
): Promise<T> {
  const child = start(args, server, dataDir);
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  const printed = JSON.parse(text) as T | { readonly error: { readonly message: string } };
  if ('error' in printed) throw new Error(`imagedex ${args.join(' ')}: ${printed.error.message}`);
  return printed as T;
}

export interface Serving {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function serve(server: BenchServer, dataDir: string): Promise<Serving> {
  const child = start(['serve', '--port', '0'], server, dataDir);
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout! });
  const line = await Promise.race([
    once(lines, 'line').then(([first]) => String(first)),
    ended.then(() => Promise.reject(new Error('imagedex serve ended before it served'))),
  ]);
  return {
    url: (JSON.parse(line) as { url: string }).url,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
