// A terminal that remembers what was written, for running the command line within a test.
import { runCommandLine } from '../../src/commands/command-line.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function imagedex(
  argv: readonly string[],
  { cwd = '/', env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    isTerminal: false,
    columns: 80,
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const signal = new AbortController().signal;
  const code = await runCommandLine(argv, {
    version: '1.2.3',
    program: 'imagedex',
    cwd,
    env,
    terminal,
    signal,
  });
  return { code, out: out.join(''), err: err.join('') };
}
