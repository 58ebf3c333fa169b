// Crawlee's CheerioCrawler doing what a crawl of ours does, as its documentation would have it: pages are followed,
// pictures downloaded, resized with sharp and written. crawlee.mjs FOLDER START OUT CONCURRENCY; FOLDER has @crawlee/cheerio
// and sharp installed.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, start, out, concurrency] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const { CheerioCrawler, Configuration, log } = require('@crawlee/cheerio');
const sharp = require('sharp');
sharp.cache(false);
sharp.concurrency(1);
log.setLevel(log.LEVELS.ERROR);
await mkdir(out, { recursive: true });

const seen = new Set();
let made = 0;
const crawler = new CheerioCrawler(
  {
    minConcurrency: Number(concurrency),
    maxConcurrency: Number(concurrency),
    maxRequestRetries: 1,
    useSessionPool: false,
    async requestHandler({ $, request, enqueueLinks, sendRequest }) {
      await enqueueLinks({ strategy: 'same-hostname', globs: [`${start}pages/**`, `${start}moved/**`] });
      const found = [...$('img')].map((one) => $(one).attr('src') ?? $(one).attr('data-src')).filter(Boolean);
      const urls = found
        .map((path) => new URL(path, request.loadedUrl).href)
        .filter((url) => url.includes('/pictures/'));
      await Promise.all(
        urls.map(async (url) => {
          if (seen.has(url)) return;
          seen.add(url);
          const { body } = await sendRequest({ url, responseType: 'buffer' });
          const jpeg = await sharp(body)
            .resize(256, 256, { fit: 'outside' })
            .jpeg({ quality: 80 })
            .toBuffer();
          await writeFile(join(out, `${url.split('/').at(-1)}.jpg`), jpeg);
          made++;
        }),
      );
    },
  },
  new Configuration({ persistStorage: false }),
);
await crawler.run([start]);
process.stdout.write(`${JSON.stringify({ made })}\n`);
