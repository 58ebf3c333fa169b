// `imagedex serve`: GraphQL, the search page and health, until it is stopped.
import { once } from 'node:events';
import type { App } from '../app.ts';
import type { Config } from '../config/config.ts';
import { TemporaryError } from '../errors.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const serve: Verb = {
  name: 'serve',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'serves the search page and GraphQL on this machine',
  details:
    'GraphQL is at /graphql, the search page at /, the state at /health/live and /health/ready. It listens on the\n' +
    'loopback address only, runs schedules, watches what the configuration wants watched (docs/watching.md), and carries on\n' +
    'crawls that were cut off. Ctrl-C ends it, with exit code 0.',
  flags: {},
  options: ['port', 'dataDir'],
  examples: ['imagedex serve --port 8080'],
  json: '{"url": "http://localhost:4000", "graphql": "http://localhost:4000/graphql"}',
  run: runServe,
};

async function runServe({ config, json, terminal, signal }: Call): Promise<number> {
  const { openApp } = await import('../app.ts');
  let app: App | undefined;
  try {
    app = await openApp(config, signal);
    const { url, embedPort } = await app.serve(config.values.port, signal);
    const addresses = {
      url,
      graphql: new URL('/graphql', url).href,
      ...(embedPort === null ? {} : { embed: `http://localhost:${embedPort}` }),
    };
    const embedLine = addresses.embed === undefined ? '' : `For a proxy  ${addresses.embed}\n`;
    terminal.out(
      json
        ? `${JSON.stringify(addresses)}\n`
        : `Search page  ${addresses.url}\nGraphQL      ${addresses.graphql}\n${embedLine}${await schedulesLine(app)}${watchLine(config)}Ctrl-C stops.\n`,
    );
    if (!signal.aborted) await once(signal, 'abort');
    return exitCodes.ok;
  } catch (error) {
    // Stopped while it waited for its store.
    if (!signal.aborted || !(error instanceof TemporaryError)) throw error;
    return exitCodes.ok;
  } finally {
    await app?.close();
  }
}

function watchLine(config: Config): string {
  const watched = [...config.collections.values()].flatMap(({ name, sources }) =>
    sources.some(({ settings }) => settings.watch) ? [name] : [],
  );
  if (config.values.watch) return 'Watching     every folder and bucket\n';
  return watched.length === 0 ? '' : `Watching     ${watched.join(', ')}\n`;
}

async function schedulesLine(app: App): Promise<string> {
  const schedules = await app.schedules.list();
  if (schedules.length === 0) return '';
  const { nextStart } = await import('./schedule-text.ts');
  return `Schedules    ${schedules.length}; ${nextStart(schedules)}\n`;
}
