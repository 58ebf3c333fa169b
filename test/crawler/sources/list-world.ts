// A list source opened on text, and all that can be reached from it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostGate } from '../../../src/crawler/host-gate.ts';
import type { CrawlerSettings } from '../../../src/crawler/options.ts';
import type { Expandable, ImageSighting } from '../../../src/crawler/source.ts';
import { type ListSourceOptions, open } from '../../../src/crawler/sources/list.ts';
import type { Failure } from '../../../src/errors.ts';
import { webSettings } from './web-settings.ts';

export const openList = (
  address: string,
  settings: Partial<CrawlerSettings> = {},
  more: Omit<ListSourceOptions, 'address' | 'settings'> = {},
) => open({ address, settings: { ...webSettings, ...settings }, gate: new HostGate(), ...more });

export interface Reached {
  readonly images: readonly ImageSighting[];
  readonly problems: readonly Failure[];
  readonly items: readonly Expandable[];
  readonly failures: readonly Failure[];
  readonly isPartial: boolean;
}

export async function readAll(
  address: string,
  settings: Partial<CrawlerSettings> = {},
  more: Omit<ListSourceOptions, 'address' | 'settings'> = {},
): Promise<Reached> {
  const { signal } = new AbortController();
  const source = await openList(address, settings, more);
  const images: ImageSighting[] = [];
  const problems: Failure[] = [];
  const failures: Failure[] = [];
  const items: Expandable[] = [];
  let isPartial = false;
  try {
    const waiting = [...(await source.start('default', signal))];
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const { address: known } = item;
      if (items.some((one) => one.address === known)) continue;
      items.push(item);
      const expansion = await source.expand(item, 'default', undefined, signal);
      if (expansion.outcome === 'failed') failures.push(expansion.failure);
      if (expansion.outcome !== 'expanded') continue;
      images.push(...expansion.images);
      problems.push(...(expansion.problems ?? []));
      isPartial ||= expansion.isPartial;
      waiting.push(...expansion.further);
    }
  } finally {
    await source.close();
  }
  return { images, problems, items, failures, isPartial };
}

/** `[url, title]` and so on of every image, in the list's order. */
export const told = ({ images }: Reached) =>
  images.map(({ location, context, pageUrl }) => ({
    url: location.url,
    ...context,
    ...(pageUrl === undefined ? {} : { page: pageUrl }),
  }));

export async function readText(
  folder: string,
  name: string,
  text: string | Uint8Array,
  settings: Partial<CrawlerSettings> = {},
): Promise<Reached> {
  const path = join(folder, name);
  await writeFile(path, text);
  return readAll(path, settings);
}
