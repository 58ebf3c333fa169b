// What the API's mutations set in motion: crawls that run on, take-downs, and images that are classified at once.
import type { ApiActions } from '../api/actions.ts';
import { openClassifyRoom } from '../api/classify-room.ts';
import { ByteBudget } from '../budget.ts';
import { classifyContent, classifyFetched, type NotClassified } from '../classify.ts';
import { blockedContents, isBlocked } from '../collections/blocks.ts';
import { forget } from '../collections/forget.ts';
import { crawlerSettings } from '../config/config.ts';
import { fetchImage } from '../crawler/fetch-image.ts';
import { normaliseUrl } from '../crawler/normalise-url.ts';
import { openPoliteFetch, type PoliteFetch } from '../crawler/polite-fetch.ts';
import { placeOf } from '../crawler/taken-down.ts';
import type { CrawlRunner, OpenParts } from '../crawls/crawl-runner.ts';
import type { Ledger } from '../ledger.ts';
import type { Schedules } from '../schedules/schedules.ts';
import type { Parts } from './parts.ts';
import type { ToBegin } from './scheduled-crawls.ts';

/** Images in hand for clients at a time: more would only wait longer, for describers are one a core. */
const maxClassifiedAtOnce = 32;
/** Room for two of the largest images, or for two in base64 with all the copies that JSON makes of them. */
const leastRoomBytes = 128 * 1024 ** 2;

export interface OpenedActions extends ApiActions {
  close(): Promise<void>;
}

/** What is done by the configuration as it is when it is asked for. */
export interface CrawlActions {
  readonly runner: CrawlRunner;
  readonly schedules: Schedules;
  /** A crawl of the collection's own sources. */
  readonly ownCrawl: (wanted: Parameters<ApiActions['startCrawl']>[0]) => Promise<ToBegin>;
  /** What a crawl that begins now is run with. */
  readonly openNow: () => Promise<OpenParts>;
}

export function openApiActions(
  parts: Parts,
  { runner, schedules, ownCrawl, openNow }: CrawlActions,
): OpenedActions {
  const { config, ledger, taxonomy, openWorkshop } = parts;
  const settings = crawlerSettings(config.values);
  const { maxImageBytes, maxHeldBytes } = config.values;
  const budget = new ByteBudget(maxHeldBytes);
  let web: Promise<PoliteFetch> | undefined;
  return {
    async startCrawl(wanted) {
      const { request, open } = await ownCrawl(wanted);
      return (await runner.start(open, request)).crawlId;
    },
    retryFailures: async (collection, filter) =>
      (await runner.retry(await openNow(), { collection, filter, startedBy: 'api' }))?.crawlId ?? null,
    schedules,
    forget: (target) => forget(parts, target),
    async classifyUrl(url, signal) {
      if (await isTakenDown(ledger, url)) return takenDown(url);
      // Unlike SOURCE, which a person types on this machine, the address excuses nobody: not even its own host.
      web ??= openPoliteFetch({
        settings,
        allowHosts: settings.allowPrivateHosts,
        isTakenDown: (address) => isTakenDown(ledger, address),
      });
      const hold = budget.hold();
      try {
        const location = { id: '', address: url, url, host: '', words: '' };
        const fetched = await fetchImage(await web, maxImageBytes, location, undefined, hold, signal);
        if (fetched.outcome === 'fetched') {
          const blocked = await blockedContents(ledger, [fetched.sha256]);
          if (blocked.length > 0) return takenDown(url);
        }
        return await classifyFetched(fetched, (await openWorkshop()).describers, taxonomy);
      } finally {
        hold.release();
      }
    },
    classifyContent: async (content) => classifyContent(content, (await openWorkshop()).describers, taxonomy),
    maxImageBytes,
    classifyRoom: openClassifyRoom({
      maxImages: maxClassifiedAtOnce,
      maxBytes: Math.max(leastRoomBytes, 2 * maxImageBytes),
    }),
    async close() {
      await (await web)?.close();
    },
  };
}

const isTakenDown = (ledger: Ledger, url: string): Promise<boolean> =>
  isBlocked(ledger, placeOf(normaliseUrl(url) ?? url));

const takenDown = (url: string): NotClassified => ({
  outcome: 'refused',
  code: 'taken_down',
  reason: `${url} was taken down`,
});
