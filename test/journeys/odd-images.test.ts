// Every odd and broken image that is known, crawled as one folder: it ends, and each file has its outcome.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { failureCodes, skipCodes } from '../../src/errors.ts';
import { listAll } from '../../src/ledger.ts';
import { photosPath, sharedPath } from '../shared.ts';
import { addsUp, documents, openWorld } from '../world.ts';

const odd = sharedPath('images-odd');
const photos = photosPath();

/** How a picture lies in the file for each EXIF orientation, so that turning it upright gives the picture again. sharp
 * mirrors before it turns. */
const laid: Readonly<Record<number, (picture: Sharp) => Sharp>> = {
  1: (picture) => picture,
  2: (picture) => picture.flop(),
  3: (picture) => picture.rotate(180),
  4: (picture) => picture.flip(),
  5: (picture) => picture.rotate(270).flop(),
  6: (picture) => picture.rotate(270),
  7: (picture) => picture.rotate(90).flop(),
  8: (picture) => picture.rotate(90),
};

describe.skipIf(odd === null)('odd images', { timeout: 300_000 }, () => {
  test('all are crawled: the counts add up, and each skip and failure has a code', async () => {
    const world = await openWorld();
    try {
      const report = await world.crawl(odd!);
      addsUp(report);
      expect(report.found).toBe(1809);
      expect(report.indexed).toBeGreaterThan(300);
      const codes = [...report.skips, ...report.failures].map(({ code }) => code);
      const known = [...Object.keys(skipCodes), ...Object.keys(failureCodes)];
      expect(codes.filter((code) => !known.includes(code))).toEqual([]);
      expect(codes).not.toContain('describer_died');
      for await (const { record } of listAll(world.parts.ledger, 'failure', {}))
        expect(record.reason).not.toBe('');
      process.stdout.write(
        `${JSON.stringify({ ...report, skips: report.skips, failures: report.failures })}\n`,
      );
    } finally {
      await world.close();
    }
  });

  test('crawl 46: the labels of the eight EXIF orientations agree', async () => {
    const world = await openWorld({ foldAlike: false });
    try {
      addsUp(await world.crawl(join(odd!, 'exif')));
      const all = await documents(world);
      for (const shape of ['Landscape', 'Portrait']) {
        const eight = all.filter(({ locations }) =>
          locations.some(({ url }) => new RegExp(`${shape}_[1-8]`).test(url)),
        );
        expect(eight).toHaveLength(8);
        const accepted = eight.map(({ labels }) =>
          labels
            .filter((label) => label.accepted)
            .map(({ id }) => id)
            .sort()
            .join(' '),
        );
        expect(new Set(accepted).size, accepted.join('\n')).toBe(1);
        expect(new Set(eight.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
      }
    } finally {
      await world.close();
    }
  });

  test.skipIf(photos === null)(
    'crawl 46: a photo in each of the eight orientations gets the same labels',
    async () => {
      const world = await openWorld({ foldAlike: false });
      try {
        const folder = join(world.folder, 'orientations');
        await mkdir(folder);
        for (const [orientation, lay] of Object.entries(laid)) {
          await lay(sharp(join(photos!, 'n02094258_Norwich_terrier.JPEG')))
            .withMetadata({ orientation: Number(orientation) })
            .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
            .toFile(join(folder, `${orientation}.jpg`));
        }
        expect(await world.crawl(folder)).toMatchObject({ indexed: 8, failed: 0 });
        const all = await documents(world);
        const labels = all.map((document) =>
          document.labels
            .filter(({ accepted }) => accepted)
            .map(({ name }) => name)
            .sort()
            .join(' '),
        );
        expect(labels).toHaveLength(8);
        expect(labels[0]).toContain('terrier');
        expect(new Set(labels).size, labels.join('\n')).toBe(1);
        expect(new Set(all.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
      } finally {
        await world.close();
      }
    },
  );
});
