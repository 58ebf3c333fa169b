// PORT: the durable memory. Records by kind and id, changed by compare-and-set, several in one call.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureCode, SkipCode, Stage } from './errors.ts';
import type { Description, PageContext, SourceId, Timestamp, Validators, Variant } from './record.ts';
import { Turns } from './turns.ts';

export interface CollectionRecord {
  readonly name: string;
  /** Those that were crawled here. */
  readonly sources: readonly SourceId[];
  /** Those that a file named: nothing crawls them until somebody names them. Absent where nothing was imported. */
  readonly importedSources?: readonly SourceId[];
  /** The unfinished crawl of each source that has one: a source is never in two. */
  readonly unfinished: Readonly<Record<SourceId, string>>;
  /** Crawls at their end, or abandoned, that the queue has not yet forgotten. */
  readonly unpurged: readonly string[];
  /** Whether its images are folded where they look alike; they are where this is absent. */
  readonly foldAlike?: boolean;
  /** That has changed, and not all of them are dirty yet. */
  readonly mustFoldAnew?: true;
}

/** What became of a location in the crawl that saw it last; null until it is known. */
export type Outcome = 'indexed' | 'unchanged' | 'skipped' | 'failed';

export interface LocationRecord {
  readonly collection: string;
  readonly source: SourceId;
  readonly address: string;
  readonly url: string;
  readonly host: string;
  /** What its address says, in words. */
  readonly words: string;
  /** Lasts across crawls: a location that fails once stays `indexed` with the image it had. */
  readonly state: 'found' | 'described' | 'indexed' | 'skipped' | 'failed' | 'gone' | 'unlinked';
  readonly imageId: string | null;
  readonly sha256: string | null;
  readonly descriptionKey: string | null;
  readonly validators: Validators;
  readonly foundAt: Timestamp;
  readonly fetchedAt: Timestamp | null;
  /** The last crawl that found it, and what came of it there. */
  readonly crawlId: string;
  readonly outcome: Outcome | null;
  readonly code: SkipCode | FailureCode | null;
  readonly inferred: boolean;
  /** What its bytes were to those of before, where the crawl fetched them. Absent in records of version 0.1. */
  readonly change?: ByteChange | null;
  /** How often in a row, crawl after crawl, its server has said that it is not there. */
  readonly missing?: number;
}

/** `new`: nothing lay there before. `same`: fetched again, and equal. */
export type ByteChange = 'new' | 'changed' | 'same';

/** A script, style sheet, frame or datum that a page asked for in the browser and did not get. */
export interface Missed {
  /** Without its query, which may be another each time. */
  readonly url: string;
  readonly code: FailureCode;
}

export interface PageRecord {
  readonly collection: string;
  readonly source: SourceId;
  readonly address: string;
  readonly title: string | null;
  readonly validators: Validators;
  /** Further pages and listings that it leads to: replayed when it answers 304, or fails. */
  readonly links: readonly string[];
  /** The version of what its links lead to, where they have one. Absent in records of version 0.1. */
  readonly version?: string;
  /** Links between it and its source's root, on the way that the crawl came. */
  readonly depth: number;
  readonly state: 'expanded' | 'skipped' | 'failed' | 'gone' | 'unlinked';
  readonly code: SkipCode | FailureCode | null;
  readonly crawlId: string;
  readonly expandedAt: Timestamp | null;
  /** A browser has opened it, for it is made by scripts. */
  readonly isRendered?: boolean;
  /** What the browser asked for and did not get when it opened it. */
  readonly missed?: readonly Missed[];
  /** How often in a row, crawl after crawl, its server has said that it is not there. */
  readonly missing?: number;
  /** How often it is worth a visit; absent until it was visited twice. */
  readonly visits?: Visits;
  /** What it was in the last crawl to what it was before. Absent in records of version 0.3 and before. */
  readonly change?: PageChange | null;
  /** Of what it showed and led to, when it was read last. */
  readonly digest?: string;
  /** A sitemap or feed, which people do not look at: it counts as no page. */
  readonly isListing?: true;
  /** When what its links lead to changed last, as it says: in their order, null where it does not say. */
  readonly linkDates?: readonly (Timestamp | null)[];
}

/**
 * `same`: read again, and shows the same. `unchanged`: not read again, for it is as it was. `rested`: not asked for, for it
 * was not due. `missing`: its server says that it is not there, not often enough yet.
 */
export type PageChange = 'new' | 'changed' | 'same' | 'unchanged' | 'rested' | 'missing';

/** How a page has changed so far, and when it is worth the next look. */
export interface Visits {
  readonly intervalSeconds: number;
  /** When it was seen to be another one, or first seen. */
  readonly changedAt: Timestamp;
  /** When its server was asked last. */
  readonly visitedAt: Timestamp;
  readonly dueAt: Timestamp;
}

export interface AppearanceRecord {
  readonly collection: string;
  readonly locationId: string;
  readonly pageId: string;
  readonly pageUrl: string;
  readonly context: PageContext;
  /** Other files of it that the page names. */
  readonly variants?: readonly Variant[];
  /** Why the page leaves it out, though another may show it. Absent in records of version 0.3 and before. */
  readonly skip?: SkipCode;
  readonly seenAt: Timestamp;
}

export interface ImageRecord {
  readonly collection: string;
  readonly sha256: string;
  readonly descriptionKey: string;
  /** Raised by every change of what a projection reads; never forgotten, not even by removal. */
  readonly revision: number;
  /** Behind `revision`: the image is dirty. */
  readonly indexedRevision: number;
  readonly indexedAt: Timestamp | null;
  /** Why the index did not take the document of `indexedRevision`; absent where it did. */
  readonly rejected?: string;
  /** What it looks like, where others may be folded into it or it into them: its likeness records are there then. */
  readonly looks?: ImageLooks;
  /** The image that stands for this one in searches, for both look alike; absent or null where it stands for itself. */
  readonly foldedInto?: string | null;
  /** The images that it stands for: those that are folded into it. */
  readonly folds?: readonly string[];
}

/** Of its description: what two images are compared by. */
export interface ImageLooks {
  readonly perceptualHash: string;
  readonly meanColour: string;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

/** A part of an image's perceptual hash: images that share none cannot be alike. */
export interface LikenessRecord {
  readonly collection: string;
  readonly imageId: string;
  /** The collection, the number of the band and its bits. */
  readonly band: string;
  /** All of it. */
  readonly perceptualHash: string;
}

export interface CrawlRecord {
  readonly collection: string;
  readonly sources: readonly SourceId[];
  /** `running` also after a process was killed: the next run carries on. `abandoned`: another took its place. */
  readonly state: 'running' | 'complete' | 'abandoned' | 'cancelled';
  readonly fresh: boolean;
  /** Of nothing but what failed before: it starts at no root. */
  readonly isRetry: boolean;
  /** Of a retry: what it tries again; absent where that is everything that has failed. */
  readonly retryOf?: FailureFilter;
  /** Of nothing but what a watch has seen to change: it starts at no root, and concludes from nothing that it does not see. */
  readonly changesOnly?: boolean;
  /** Pages that are not due are not asked for. */
  readonly onlyDue?: boolean;
  readonly maxImages: number | null;
  /** A cap was hit or a listing failed: nothing may be concluded from what this crawl did not see. */
  readonly partial: boolean;
  /** Of which of its sources that is so. Absent in records of version 0.1 and in retries: of all. */
  readonly partialSources?: readonly SourceId[];
  /** Links were too deep to be followed: partial, if their pages were not come to by a shorter way. */
  readonly isCutAtDepth: boolean;
  readonly startedAt: Timestamp;
  readonly endedAt: Timestamp | null;
  /** Seconds of work, over all processes that worked on it. */
  readonly seconds: number;
  /** Locations that left the search because of this crawl. */
  readonly gone: number;
  /** Who runs it. */
  readonly owner: string | null;
  /** Where its items lie: only who has this queue can carry it on. Absent in records of version 0.2 and before. */
  readonly queue?: string;
  /** The machine where that is, for people. */
  readonly host?: string;
  /** What could not be opened when it began: it runs over the others. Absent in records of version 0.1. */
  readonly unavailable?: readonly UnavailableSource[];
  /** How politely and how far, for whoever carries it on; `sourceSettings` says what differs for a source. No secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Absent in records of version 0.1. */
  readonly sourceSettings?: Readonly<Record<SourceId, Readonly<Record<string, unknown>>>>;
  /** Absent in records of version 0.1, whose crawls were all started by commands. */
  readonly startedBy?: StartedBy;
  /** What it came to; null while that is still counted from its locations, which later crawls take over. */
  readonly counts: CrawlCounts | null;
}

export interface UnavailableSource {
  readonly source: SourceId;
  readonly reason: string;
}

export type StartedBy = 'command' | 'schedule' | 'api' | 'watch';

export interface CodeCount {
  readonly code: string;
  readonly count: number;
}

/** What became of the pages of a crawl: they add up to `pages`. */
export interface PageCounts {
  readonly new: number;
  readonly changed: number;
  /** Asked for, and the same. */
  readonly unchanged: number;
  /** Not asked for, for they were not due. */
  readonly rested: number;
  /** Its server says that it is not there, but has not said so often enough. */
  readonly missing: number;
  readonly gone: number;
  /** Their owner does not want them to be read. */
  readonly refused: number;
  readonly skipped: number;
  readonly failed: number;
}

/** found = indexed + skipped + failed + pending, at any moment. All count locations, `pages` and `inferences` apart. */
export interface CrawlCounts {
  readonly pages: number;
  readonly found: number;
  readonly indexed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
  /** Part of `indexed`: the source said that nothing changed. */
  readonly unchanged: number;
  /** Part of `indexed`: where nothing lay before, and where other bytes lay before. Absent in counts of version 0.1. */
  readonly new?: number;
  readonly changed?: number;
  /** Part of `skipped`: their owner does not want them. Absent in counts of version 0.3 and before, as are the next two. */
  readonly refused?: number;
  /** Part of `failed`: still found by searches, for their server has not said often enough that they are not there. */
  readonly missing?: number;
  readonly pageChanges?: PageCounts;
  /** Part of `pages`: opened in a browser by this crawl; and those that one should have opened and could not. Absent in counts of version 0.3. */
  readonly rendered?: number;
  readonly notRendered?: number;
  readonly inferences: number;
  readonly skips: readonly CodeCount[];
  /** Pages that were not read, or whose images were left out, because we chose so. Absent in counts of version 0.3. */
  readonly pageSkips?: readonly CodeCount[];
  readonly failures: readonly CodeCount[];
}

export interface FailureRecord {
  readonly collection: string;
  readonly source: SourceId;
  readonly crawlId: string;
  readonly subject: 'page' | 'image';
  readonly address: string;
  readonly url: string;
  /** Links between a page and its source's root, so that it can be put again; 0 for an image. */
  readonly depth: number;
  readonly stage: Stage;
  readonly code: FailureCode;
  readonly reason: string;
  readonly attempts: number;
  readonly at: Timestamp;
  /** Not to be tried before, where the other side said so. */
  readonly notBefore?: Timestamp;
}

/** Which failures are meant; without a field, all. */
export interface FailureFilter {
  readonly source?: SourceId;
  readonly subject?: FailureRecord['subject'];
  readonly stage?: Stage;
  readonly code?: FailureCode;
  readonly host?: string;
}

/** When crawls of a collection start: one schedule a collection, whose name is its id. */
export interface ScheduleRecord {
  readonly collection: string;
  /** A cron expression as croner reads it, seconds optional. */
  readonly cron: string;
  /** An IANA name: `Europe/Berlin`. */
  readonly timeZone: string;
  readonly createdAt: Timestamp;
  /** Due times up to here are dealt with. */
  readonly handledAt: Timestamp;
  /** What came of the last due time. */
  readonly last: {
    readonly dueAt: Timestamp;
    readonly outcome: 'started' | 'skipped' | 'failed';
    readonly crawlId: string | null;
    readonly reason: string | null;
  } | null;
}

/** A source that is looked at again and again: who looks, and what it came to. */
export interface WatchRecord {
  readonly collection: string;
  readonly source: SourceId;
  /** Whoever looks; null while nobody does. */
  readonly owner: string | null;
  /** `events`: it is told of changes. `polling`: it looks every few seconds. */
  readonly by: 'events' | 'polling';
  readonly since: Timestamp;
  readonly lookedAt: Timestamp | null;
  /** When it has seen something new, other or gone. */
  readonly changedAt: Timestamp | null;
  /** The crawl that it started last. */
  readonly crawlId: string | null;
  /** Why the last look or crawl did not succeed. */
  readonly error: string | null;
}

/** What was taken down and must not come back. Nothing but a hash is kept of it, which is its id. */
export interface BlockRecord {
  readonly subject: 'content' | 'address' | 'site';
  readonly blockedAt: Timestamp;
}

/** A process that works on this data. A record whose process is dead or silent owns nothing any more. */
export interface OwnerRecord {
  readonly host: string;
  readonly pid: number;
  readonly heartbeatAt: Timestamp;
}

export interface Kinds {
  readonly collection: CollectionRecord;
  readonly location: LocationRecord;
  readonly page: PageRecord;
  readonly appearance: AppearanceRecord;
  readonly image: ImageRecord;
  readonly likeness: LikenessRecord;
  readonly description: Description;
  readonly crawl: CrawlRecord;
  readonly failure: FailureRecord;
  readonly schedule: ScheduleRecord;
  readonly watch: WatchRecord;
  readonly block: BlockRecord;
  readonly owner: OwnerRecord;
}
export type Kind = keyof Kinds;

export interface Stored<K extends Kind> {
  readonly id: string;
  /** Greater with each change; never 0. */
  readonly version: number;
  readonly record: Kinds[K];
}

/** `expect` is the version that must be there: 0 for none. A record of null deletes. */
export type Change = {
  readonly [K in Kind]: {
    readonly kind: K;
    readonly id: string;
    readonly expect: number;
    readonly record: Kinds[K] | null;
  };
}[Kind];

/** What records can be listed and counted by. `dirty`: images whose `indexedRevision` is behind. */
export interface Where {
  readonly collection?: string;
  readonly source?: SourceId;
  readonly crawlId?: string;
  /** Seen last by another crawl than this one. */
  readonly crawlIdNot?: string;
  readonly imageId?: string;
  readonly sha256?: string;
  readonly locationId?: string;
  readonly pageId?: string;
  readonly host?: string;
  readonly code?: string;
  readonly stage?: Stage;
  readonly subject?: FailureRecord['subject'];
  /** One of these. */
  readonly band?: readonly string[];
  readonly state?: string;
  readonly outcome?: Outcome | null;
  readonly dirty?: true;
}
export type TallyField =
  | 'collection'
  | 'state'
  | 'outcome'
  | 'code'
  | 'inferred'
  | 'change'
  | 'host'
  | 'source'
  | 'stage'
  | 'subject'
  | 'isRendered'
  | 'isListing';
export interface Tally {
  readonly values: { readonly [F in TallyField]?: string | boolean | null };
  readonly count: number;
}

export interface Ledger {
  /** By id, in no order; ids that are not there are left out. Always reads what the last change wrote. */
  get<K extends Kind>(kind: K, ids: readonly string[]): Promise<Stored<K>[]>;
  /**
   * Applies all, or nothing where a version is not the expected one (`conflict`). A process that dies on the way leaves
   * all or nothing, too. Each record at most once.
   */
  change(changes: readonly Change[]): Promise<{ readonly conflict: boolean }>;
  /** Ordered by id, `limit` (at most 1,000) after the id `after`. It and what follows see every change that was answered
   * before they were asked. */
  list<K extends Kind>(
    kind: K,
    where: Where,
    page: { readonly limit: number; readonly after?: string },
  ): Promise<Stored<K>[]>;
  /** The appearances of a location that were seen last, the newest first. */
  newestAppearances(locationId: string, limit: number): Promise<Stored<'appearance'>[]>;
  /** How many records there are for each combination of the values of `by`. */
  tally(kind: Kind, where: Where, by: readonly TallyField[]): Promise<Tally[]>;
  close(): Promise<void>;
}

/** What to make of a record: the new one, null to delete it, or undefined to leave it as it is. */
export type Amendment = {
  readonly [K in Kind]: {
    readonly kind: K;
    readonly id: string;
    readonly amend: (record: Kinds[K] | undefined) => Kinds[K] | null | undefined;
  };
}[Kind];

/** One amendment, its type told from the kind. */
export const amendment = <K extends Kind>(
  kind: K,
  id: string,
  amend: (record: Kinds[K] | undefined) => Kinds[K] | null | undefined,
): Amendment => ({ kind, id, amend }) as unknown as Amendment;

/** Many who amend one record take turns, which takes time in a store that is far away. */
const maxConflicts = 50;
const maxConflictMs = 60_000;

/**
 * Applies the changes that `plan` makes from what it reads; where somebody else wrote meanwhile, plans again.
 * `plan` runs once per try and so must not have effects. Returns the number of records changed.
 */
export async function changePlanned(ledger: Ledger, plan: () => Promise<readonly Change[]>): Promise<number> {
  const deadline = performance.now() + maxConflictMs;
  for (let conflicts = 0; ; conflicts++) {
    const changes = await plan();
    if (changes.length === 0) return 0;
    if (!(await ledger.change(changes)).conflict) return changes.length;
    if (conflicts >= maxConflicts && performance.now() > deadline)
      throw new Error(`ledger: ${conflicts} conflicts in a row at ${changes[0]!.kind}`);
    await sleep(Math.random() * 5 * Math.min(conflicts + 1, maxConflicts));
  }
}

/** Those who amend the same record in one process take turns, instead of finding out that others were faster. */
const turnsAt = new WeakMap<Ledger, Turns>();

/** Reads the records, amends them and writes them all, if nobody else has written any of them meanwhile; else again. */
export function amend(ledger: Ledger, amendments: readonly Amendment[]): Promise<number> {
  const turns = turnsAt.get(ledger) ?? new Turns();
  turnsAt.set(ledger, turns);
  return turns.take(
    amendments.map(({ kind, id }) => `${kind} ${id}`),
    () => changePlanned(ledger, () => planAmendments(ledger, amendments)),
  );
}

/** The changes that amendments come to, from what the ledger holds now. */
export async function planAmendments(ledger: Ledger, amendments: readonly Amendment[]): Promise<Change[]> {
  const ids = new Map<Kind, string[]>();
  for (const { kind, id } of amendments) ids.set(kind, [...(ids.get(kind) ?? []), id]);
  const stored = new Map<string, Stored<Kind>>();
  const read = async (kind: Kind, wanted: readonly string[]): Promise<void> => {
    for (const one of await ledger.get(kind, wanted)) stored.set(`${kind} ${one.id}`, one);
  };
  await Promise.all([...ids].map(([kind, wanted]) => read(kind, wanted)));
  const changes: Change[] = [];
  for (const { kind, id, amend } of amendments) {
    const old = stored.get(`${kind} ${id}`);
    const record = (amend as (record: unknown) => Kinds[Kind] | null | undefined)(old?.record);
    if (record === undefined || (record === null && old === undefined)) continue;
    changes.push({ kind, id, expect: old?.version ?? 0, record } as Change);
  }
  return changes;
}

/** Something that the image's projection reads has changed. */
export const raiseRevision = (image: string): Amendment =>
  amendment('image', image, (old) =>
    old === undefined ? undefined : { ...old, revision: old.revision + 1 },
  );

/** Every record that fits, page by page. Records that change meanwhile may be seen in either form. */
export async function* listAll<K extends Kind>(
  ledger: Ledger,
  kind: K,
  where: Where,
): AsyncGenerator<Stored<K>> {
  const limit = 500;
  let after: string | undefined;
  for (;;) {
    const page = await ledger.list(kind, where, { limit, ...(after === undefined ? {} : { after }) });
    yield* page;
    if (page.length < limit) return;
    after = page.at(-1)!.id;
  }
}
