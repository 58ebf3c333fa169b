#!/usr/bin/env node
// The program `imagedex`: arguments in, one verb, exit code out.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { runCommandLine } from './commands/command-line.ts';
import { programName } from './commands/hint.ts';
import { exitCodes } from './commands/verb.ts';

// Packages look at it when they are loaded: without it graphql looks for a second copy of itself at every field.
process.env['NODE_ENV'] ??= 'production';

const stop = new AbortController();
let exitCode: number | undefined;

function onSignal(signal: 'SIGINT' | 'SIGTERM'): void {
  if (exitCode !== undefined) process.exit(exitCode);
  exitCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
  stop.abort();
}
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

// Who reads our output may stop reading (`| head`): that is no error, but there is nobody to work for any more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});
process.stderr.on('error', () => undefined);

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal that is asked takes Ctrl-C and Ctrl-D for itself.
  lines.once('SIGINT', () => onSignal('SIGINT'));
  const left = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal: stop.signal }).catch(() => ''), left]);
  } finally {
    lines.close();
  }
}

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const code = await runCommandLine(process.argv.slice(2), {
  version: manifest.version,
  program: programName(process.argv[1] ?? '', process.env, process.cwd()),
  cwd: process.cwd(),
  env: process.env,
  terminal: {
    isTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    out: (text) => process.stdout.write(text),
    drained: async () => void (process.stdout.writableNeedDrain && (await once(process.stdout, 'drain'))),
    err: (text) => process.stderr.write(text),
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true ? { ask } : {}),
  },
  signal: stop.signal,
});
// Whoever ended it by a signal is told so.
process.exitCode = code === exitCodes.interrupted ? (exitCode ?? code) : code;
