// Runs a program to its end and says what it took: seconds by the clock, and of the CPU with all its children.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

export interface Timed {
  readonly seconds: number;
  /** User and system, of the program and of every child that it waited for. */
  readonly cpuSeconds: number;
  readonly output: string;
}

/** The shell's `times` counts what the kernel counted, children of children included. */
const script = '"$@"; status=$?; times >&3; exit $status';

export async function timed(
  command: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<Timed> {
  const started = performance.now();
  const child = spawn('sh', ['-c', script, 'sh', ...command], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = ['', '', ''];
  [child.stdout, child.stderr, child.stdio[3]].forEach((stream, at) => {
    stream!.on('data', (chunk: Buffer) => {
      texts[at] = (texts[at] + chunk.toString()).slice(-1_000_000);
    });
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - started) / 1000;
  const [output, errors, times] = texts as [string, string, string];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${errors.slice(-2000)}`);
  return { seconds, cpuSeconds: childSeconds(times), output };
}

/** Two lines: the shell's own, then its children's; user and system each, as `1m2.345s`. */
function childSeconds(times: string): number {
  const [, children = ''] = times.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`expected the shell's times, came ${JSON.stringify(times)}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
