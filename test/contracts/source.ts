// What every source keeps: the same suite for folders, web sites and whatever follows.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Budget, Expandable, Fetched, ImageSighting, Source } from '../../src/crawler/source.ts';
import { ImagedexError } from '../../src/errors.ts';
import type { LocationRecord } from '../../src/ledger.ts';
import { type Location, sha256Of, type Validators } from '../../src/record.ts';

/** A place with files in it that a source can be opened on. */
export interface SourceWorld {
  /** Opens a source on it, with `maxImageBytes` of 100,000. */
  open(): Promise<Source>;
  /** A source of this kind on something that is not there. */
  openMissing(): Promise<Source>;
  /** The file is there from now on, and can be found from the root. `name` may have folders. */
  put(name: string, content: Uint8Array): Promise<void>;
  /** The file is not there any more, but whatever listed it may still do so. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A GIF of one pixel; `mark` makes its bytes differ. */
export const gif = (mark = ''): Buffer =>
  Buffer.concat([
    Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64'),
    Buffer.from(mark),
  ]);

const { signal } = new AbortController();

export function countingBudget(): Budget & { heldBytes: number } {
  const budget = {
    heldBytes: 0,
    reserve: async (bytes: number) => {
      budget.heldBytes += bytes;
      return () => {
        budget.heldBytes -= bytes;
      };
    },
    tryReserve: (bytes: number) => {
      budget.heldBytes += bytes;
      return true;
    },
    grow: async (bytes: number) => {
      budget.heldBytes += bytes;
    },
  };
  return budget;
}

/** As the ledger would know a location whose image was indexed with these validators. */
export const indexedRecord = (
  source: Source,
  location: Location,
  validators: Validators,
): LocationRecord => ({
  collection: 'default',
  source: source.id,
  address: location.address,
  url: location.url,
  host: location.host,
  words: location.words,
  state: 'indexed',
  imageId: 'an image',
  sha256: 'its hash',
  descriptionKey: 'its description',
  validators,
  foundAt: '2026-01-01T00:00:00.000Z',
  fetchedAt: '2026-01-01T00:00:00.000Z',
  crawlId: 'an earlier crawl',
  outcome: 'indexed',
  code: null,
  inferred: true,
});

/** As a retry knows it: without what a listing said, which spares a source the question. */
const unlisted = ({ listed: _, ...location }: Location): Location => location;

/** Everything that can be reached from the roots, each page or listing looked into once. */
export async function walk(source: Source, collection = 'default') {
  const images = new Map<string, ImageSighting>();
  const expanded = new Map<string, Expandable>();
  const items = [...(await source.start(collection, signal))];
  for (let item = items.shift(); item !== undefined; item = items.shift()) {
    if (expanded.has(item.address)) continue;
    expanded.set(item.address, item);
    const expansion = await source.expand(item, collection, undefined, signal);
    if (expansion.outcome !== 'expanded') throw new Error(`${item.address}: ${JSON.stringify(expansion)}`);
    const ids = expansion.images.map(({ location }) => location.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const sighting of expansion.images) images.set(sighting.location.id, sighting);
    items.push(...expansion.further);
  }
  return { images: [...images.values()], expanded: [...expanded.values()] };
}

export function describeSource(name: string, openWorld: () => Promise<SourceWorld>): void {
  describe(`the contract of a source: ${name}`, () => {
    let world: SourceWorld;
    let source: Source;
    beforeEach(async () => {
      world = await openWorld();
    });
    afterEach(async () => {
      await source.close();
      await world.close();
    });

    const only = async (): Promise<Location> => {
      const { images } = await walk(source);
      expect(images.length).toBe(1);
      return (images[0] as ImageSighting).location;
    };
    const fetch = (
      location: Location,
      earlier?: Validators,
      budget: Budget = countingBudget(),
    ): Promise<Fetched> =>
      source.fetch(location, earlier && indexedRecord(source, location, earlier), budget, signal);
    const validatorsOf = (fetched: Fetched): Validators => {
      if (fetched.outcome !== 'fetched') throw new Error(JSON.stringify(fetched));
      return fetched.validators;
    };

    test('finds every image, under ids that stay the same and are the collection’s own', async () => {
      const names = ['a.gif', 'b c.gif', 'ünï.gif', 'one/a.gif', 'one/two/a.gif'];
      for (const file of names) await world.put(file, gif(file));
      source = await world.open();
      const first = await walk(source);
      expect(first.images.length).toBe(names.length);
      await source.close();
      source = await world.open();
      const second = await walk(source);
      const other = await walk(source, 'other');
      const idsOf = ({ images }: typeof first) => images.map(({ location }) => location.id).sort();
      expect(idsOf(second)).toEqual(idsOf(first));
      expect(idsOf(other).some((id) => idsOf(first).includes(id))).toBe(false);
      for (const { location, partition } of first.images) {
        expect(URL.canParse(location.url)).toBe(true);
        expect(source.partitionOf(location)).toBe(partition);
        if (partition !== null) expect(source.restMs(partition)).toBeGreaterThanOrEqual(0);
      }
      for (const item of first.expanded) expect(source.further(item.address, item.depth)).toEqual(item);
    });

    test('fetches the bytes into reserved memory', async () => {
      const content = gif('x'.repeat(5000));
      await world.put('a.gif', content);
      source = await world.open();
      const budget = countingBudget();
      const fetched = await fetch(await only(), undefined, budget);
      expect(fetched).toMatchObject({ outcome: 'fetched', format: 'GIF', sha256: sha256Of(content) });
      expect(fetched.outcome === 'fetched' && Buffer.from(fetched.content).equals(content)).toBe(true);
      expect(budget.heldBytes).toBeGreaterThanOrEqual(content.length);
      expect(validatorsOf(fetched).sizeBytes).toBe(content.length);
    });

    test('says that nothing changed, or fetches what did', async () => {
      await world.put('a.gif', gif('one'));
      source = await world.open();
      const location = await only();
      const validators = validatorsOf(await fetch(location));
      const budget = countingBudget();
      expect(await fetch(location, validators, budget)).toEqual({ outcome: 'unchanged' });
      expect(budget.heldBytes).toBe(0);
      expect(await fetch(unlisted(location), validators, budget)).toEqual({ outcome: 'unchanged' });
      await world.put('a.gif', gif('three'));
      for (const changed of [unlisted(location), await only()]) {
        expect(await fetch(changed, validators)).toMatchObject({
          outcome: 'fetched',
          sha256: sha256Of(gif('three')),
        });
      }
    });

    test('says that a file is gone', async () => {
      await world.put('a.gif', gif());
      source = await world.open();
      const location = await only();
      const validators = validatorsOf(await fetch(location));
      await world.remove('a.gif');
      expect(await fetch(unlisted(location), validators)).toMatchObject({
        outcome: 'gone',
        failure: { stage: 'fetch', code: 'not_found', retry: 'never' },
      });
    });

    test('skips what is no image, whatever its name says, and what is too large', async () => {
      source = await world.open();
      const cases: [Buffer, string][] = [
        [Buffer.from('<html><p>not found'), 'not_an_image'],
        [Buffer.alloc(0), 'not_an_image'],
        [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported_format'],
        [gif('x'.repeat(200_000)), 'too_many_bytes'],
      ];
      for (const [content, code] of cases) {
        await world.put('a.gif', content);
        expect(await fetch(await only())).toMatchObject({ outcome: 'skipped', code });
      }
    });

    test('refuses to start where there is nothing', async () => {
      source = await world.openMissing();
      const error = await source.start('default', signal).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ImagedexError);
      expect(error).toMatchObject({ code: 'source_unavailable' });
    });
  });
}
