// Crawls one site again and again in one process: soak-process DATA_DIR SOURCE SECONDS. A line of JSON after each crawl,
// and one more when all is closed.
import { openApp } from '../src/app.ts';
import { loadConfig } from '../src/config/config.ts';
import { tinyModel } from './tiny-model.ts';

const [dataDir, source, seconds] = process.argv.slice(2);
const until = performance.now() + Number(seconds) * 1000;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const flags = {
  dataDir,
  model: tinyModel,
  hostDelayMs: 0,
  hostConnections: 16,
  fetchTimeoutMs: 3000,
  retryDelayMs: 50,
  logLevel: 'error',
};
const app = await openApp(await loadConfig({ flags }));
while (performance.now() < until) {
  const command = { sources: [source!], collection: 'default', maxImages: null, fresh: true };
  const { state, pages, found, indexed, skipped, failed, pending } = await app.crawl(
    command,
    new AbortController().signal,
  );
  say({ state, pages, found, indexed, skipped, failed, pending });
}
await app.close();
say({ state: 'closed' });
