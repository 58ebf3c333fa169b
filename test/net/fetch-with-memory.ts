// Fetches addresses one after the other and prints for each what came of it, and how much more memory it took at its
// highest than before the first. fetch-with-memory MAX_BYTES URL…; a line: {"code", "reason", "extraBytes"}.
import { setTimeout as sleep } from 'node:timers/promises';
import { openFetcher } from '../../src/net/guarded-fetch.ts';

const [maxBytes, warmUp, ...urls] = process.argv.slice(2);
const fetcher = await openFetcher({ userAgent: 'test', timeoutMs: 60_000, allowHosts: ['127.0.0.1'] });
const { signal } = new AbortController();
const get = (url: string) =>
  fetcher.fetch({ url, stage: 'fetch', maxBytes: Number(maxBytes), atCap: 'refuse', signal });
await get(warmUp as string);
gc?.();
await sleep(100);
const before = process.memoryUsage.rss();
for (const url of urls) {
  // What the one before left behind is no part of what this one takes.
  gc?.();
  let highest = 0;
  const look = () => {
    highest = Math.max(highest, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 2);
  const answer = await get(url);
  look();
  clearInterval(timer);
  const { outcome } = answer;
  const said =
    outcome === 'skipped' ? answer : outcome === 'failed' ? answer.failure : { code: '200', reason: '' };
  process.stdout.write(
    `${JSON.stringify({ code: said.code, reason: said.reason, extraBytes: highest - before })}\n`,
  );
}
await fetcher.close();
