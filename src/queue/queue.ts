// PORT: hands found pages and images to workers. At least once: what is leased and not done comes again.

export interface Item<Body> {
  readonly crawlId: string;
  /** Unique within the crawl for its whole life, done items included. */
  readonly key: string;
  /** Items of one partition (a host) are leased `maxPerPartition` at a time; null is not limited. */
  readonly partition: string | null;
  /** Small JSON. */
  readonly body: Body;
}

export interface Lease<Body> {
  readonly item: Item<Body>;
  /** 1 for the first. A process that was killed does not use up an attempt, a `retry` does. */
  readonly attempt: number;
  /** The next item of the partition may go after `afterMs`, though this one is not done. */
  freePartition(afterMs?: number): Promise<void>;
  done(): Promise<void>;
  /** Again after `afterMs`, as the next attempt. */
  retry(afterMs: number): Promise<void>;
  /** Again after `afterMs`, as the same attempt. */
  defer(afterMs: number): Promise<void>;
  /** Keeps the lease for longer where a queue's leases run out by time. */
  extend(): Promise<void>;
}

export interface LeaseOptions {
  readonly crawlId: string;
  readonly maxInFlight: number;
  readonly maxPerPartition: number;
}

export interface QueueCounts {
  readonly pending: number;
  readonly leased: number;
  readonly delayed: number;
  readonly done: number;
}

export interface Queue<Body> {
  /** Of the place where its items lie: the same for everybody who works there, and no other's. */
  readonly id: string;
  /** How many were new, and how many the crawl knew already; null when the crawl is closed. */
  put(items: readonly Item<Body>[]): Promise<{ readonly added: number; readonly known: number } | null>;
  /** Items as they become free, until the signal or until the crawl has none pending, leased or delayed. */
  leases(options: LeaseOptions, signal: AbortSignal): AsyncIterable<Lease<Body>>;
  counts(crawlId: string): Promise<QueueCounts>;
  /** What is not done, in the order in which it was put; what is put meanwhile may be missing. */
  items(crawlId: string): AsyncIterable<Item<Body>>;
  /** These are done without having been worked on, leased ones too; only their keys are kept. Returns how many were not. */
  drop(crawlId: string, keys: readonly string[]): Promise<number>;
  /** Takes no more items for this crawl. */
  close(crawlId: string): Promise<void>;
  /** Forgets the crawl, its known keys included. */
  purge(crawlId: string): Promise<void>;
  /** Gives back what this process has leased and ends its iterations. */
  stop(): Promise<void>;
}
