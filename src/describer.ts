// The child process: bytes in, descriptions out. Lives exactly as long as the process that started it.
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { openModel } from './drivers.ts';
import { serveDescriber } from './inference/describer-loop.ts';

// The terminal's interrupt and a supervisor's stop go to the whole group: the main process decides when we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// At once, without waiting for a decoder that may be at work for ever.
const end = (): void => void process.kill(process.pid, 'SIGKILL');

const pipe = new Socket({ fd: 3, readable: true, writable: true });
pipe.on('end', end).on('close', end).on('error', end);

// A run of a large model holds this thread up, and a hung one for ever: the parent is watched from another.
const watch = `
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 1000);
`;
new Worker(watch, {
  eval: true,
  resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
}).unref();

serveDescriber(pipe, openModel);
