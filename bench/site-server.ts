// Starts the generated site's process and asks it what it was asked for.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SiteOrder, SiteProcessOptions, SiteReport } from './site-process.ts';

export interface SiteServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly pid: number;
  /** With how often each path was asked for. */
  log(): Promise<SiteReport>;
  forget(): Promise<void>;
  setDelay(delayMs: number): Promise<void>;
  /** Without the paths. */
  report(): Promise<SiteReport>;
  close(): Promise<void>;
}

const usual: SiteProcessOptions = {
  seed: 7,
  pages: 100,
  images: 250,
  sides: [400, 900],
  delayMs: 0,
  keptBytes: 200e6,
  faultShare: 0,
  isWarm: false,
};

export async function startSite(wanted: Partial<SiteProcessOptions> = {}): Promise<SiteServer> {
  const options = { ...usual, ...wanted };
  const file = fileURLToPath(new URL('./site-process.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const [{ port }] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the site’s process ended before it listened'))),
  ])) as [{ port: number }];
  const ask = async (order: SiteOrder): Promise<SiteReport> => {
    child.send(order);
    return ((await once(child, 'message')) as [SiteReport])[0];
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    log: () => ask({ order: 'log' }),
    report: () => ask({ order: 'cpu' }),
    forget: async () => void (await ask({ order: 'forget' })),
    setDelay: async (delayMs) => void (await ask({ order: 'delay', delayMs })),
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
