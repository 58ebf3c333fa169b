// A source of which globs leave something out: such images, pages and folders are not asked for.
import type { Location } from '../record.ts';
import { openGlobFilter, placeOf } from './glob-filter.ts';
import type { CrawlerSettings } from './options.ts';
import type { Expandable, Fetched, Source } from './source.ts';

type Skipped = Extract<Fetched, { outcome: 'skipped' }>;

/** The source itself where its settings have no globs. */
export function filteredSource(
  source: Source,
  { include, exclude }: Pick<CrawlerSettings, 'include' | 'exclude'>,
): Source {
  if (include.length === 0 && exclude.length === 0) return source;
  const filter = openGlobFilter(include, exclude);

  const leftOut = ({ address, url }: Location): Skipped | undefined => {
    const place = placeOf(address, url);
    const glob = filter.excludedBy(place);
    if (glob !== undefined) return skipped(url, `matches ${glob} of exclude`);
    return filter.isIncluded(place) ? undefined : skipped(url, 'matches none of include');
  };
  const globOf = ({ address, depth }: Expandable): string | undefined =>
    // What a person typed is looked into whatever it is called.
    source.globPathOf === undefined || depth === 0
      ? undefined
      : filter.excludedBy(placeOf(source.globPathOf(address), source.urlOf(address)));

  // All that a source can do, what is optional included: nothing is lost on the way.
  const filtered: Required<Omit<Source, 'globPathOf' | 'lookout'>> = {
    id: source.id,
    unseen: source.unseen,
    start: (...of) => source.start(...of),
    expand: async (item, ...rest) => {
      const glob = globOf(item);
      return glob === undefined
        ? source.expand(item, ...rest)
        : skipped(source.urlOf(item.address), `matches ${glob} of exclude`);
    },
    fetch: async (location, ...rest) => leftOut(location) ?? source.fetch(location, ...rest),
    further: (address, depth) => source.further(address, depth),
    urlOf: (address) => source.urlOf(address),
    partitionOf: (location) => source.partitionOf(location),
    restMs: (partition) => source.restMs(partition),
    unwellHosts: () => source.unwellHosts?.() ?? [],
    wasReadOtherwise: (earlier) => source.wasReadOtherwise?.(earlier) === true,
    refusal: (location) => leftOut(location) ?? source.refusal?.(location),
    isListing: (address) => source.isListing?.(address) === true,
    leavesOut: (item) => globOf(item) !== undefined,
    close: () => source.close(),
  };
  return source.lookout === undefined ? filtered : { ...filtered, lookout: lookoutOf(source) };

  function lookoutOf({ lookout }: Source): NonNullable<Source['lookout']> {
    return (collection, events) => {
      const leavesOut = (part: string) => globOf({ address: part, depth: 1, partition: null }) !== undefined;
      const all = lookout!(collection, { ...events, leavesOut });
      return {
        get isTold() {
          return all.isTold;
        },
        grows: all.grows,
        async *look(parts, signal) {
          for await (const { part, images } of all.look(parts, signal)) {
            yield {
              part,
              images: images.filter(({ sighting: { location } }) => leftOut(location) === undefined),
            };
          }
        },
        close: () => all.close(),
      };
    };
  }
}

const skipped = (url: string, why: string): Skipped => ({
  outcome: 'skipped',
  code: 'excluded',
  reason: `${url} ${why}`,
});
