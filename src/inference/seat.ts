// A describer at work: its process, the images it holds and since when, and whether it may get more.
import { ImagedexError } from '../errors.ts';
import type { Described, DescribeInput } from './describe.ts';
import { type DescriberProcess, startDescriber } from './describer-process.ts';
import type { Answer, Order, Report } from './messages.ts';
import type { ModelInfo } from './model.ts';

/** An image on its way. */
export interface Job {
  readonly image: DescribeInput;
  readonly resolve: (described: Described) => void;
  readonly reject: (error: Error) => void;
  /** How often it was in a describer that ended before it was begun. */
  passes: number;
  /** A describer died on it: it is tried once more, with nothing else in the process. */
  isAlone: boolean;
}

interface Held {
  readonly job: Job;
  begunAtMs: number | null;
}

export interface SeatEvents {
  onReady(model: ModelInfo): void;
  onAnswer(job: Job, answer: Answer, thumbnail: Buffer): void;
  onWindow(report: Report & { type: 'window' }): void;
  onGone(cause: string): void;
}

/** To load the model: a short deadline for images must not make that impossible. */
const leastStartMs = 60_000;
/** Memory may always grow by half over what it was at the start: under a lower ceiling nothing would ever run. */
const leastGrowth = 1.5;

export class Seat {
  state: 'starting' | 'ready' | 'leaving' = 'starting';
  /** Why it cannot work at all: the model or the configuration is at fault. */
  refusal: ImagedexError | null = null;
  timedOut = false;
  /** Why it ended, in words. */
  cause = '';
  readonly #held = new Map<number, Held>();
  readonly #process: DescriberProcess;
  readonly #events: SeatEvents;
  #maxBytes: number;
  #nextId = 1;
  #heardAtMs = Date.now();

  constructor(entry: URL, open: Order & { type: 'open' }, maxBytes: number, events: SeatEvents) {
    this.#events = events;
    this.#maxBytes = maxBytes;
    this.#process = startDescriber(entry, {
      onReport: (report, payload) => this.#onReport(report, payload),
      onGone: (cause) => {
        this.cause = cause;
        events.onGone(cause);
      },
    });
    this.#process.send(open);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Images that it has not answered. */
  get held(): number {
    return this.#held.size;
  }

  get isAlone(): boolean {
    return [...this.#held.values()].some(({ job }) => job.isAlone);
  }

  /** What it has not answered: begun, so that a death may be its fault, or still waiting. */
  get remains(): { readonly begun: readonly Job[]; readonly waiting: readonly Job[] } {
    const held = [...this.#held.values()];
    // One that is alone is begun, even where the report of it was lost.
    const isBegun = ({ begunAtMs, job }: Held): boolean => begunAtMs !== null || job.isAlone;
    return {
      begun: held.filter(isBegun).map(({ job }) => job),
      waiting: held.filter((one) => !isBegun(one)).map(({ job }) => job),
    };
  }

  give(job: Job): void {
    if (this.#held.size === 0) this.#heardAtMs = Date.now();
    const id = this.#nextId++;
    this.#held.set(id, { job, begunAtMs: null });
    const { sha256, content, leastPixels = 1 } = job.image;
    this.#process.send({ type: 'describe', id, sha256, leastPixels }, content);
  }

  /** Nothing further is coming that would fill its windows. */
  drain(): void {
    this.#process.send({ type: 'drain' });
  }

  /** Takes no more, and ends when it has answered what it holds. */
  leave(): void {
    this.state = 'leaving';
    if (this.#held.size === 0) this.#process.end();
  }

  kill(): void {
    this.#process.kill();
  }

  /** Kills it where an image takes too long, or where it says nothing at all. */
  checkTime(nowMs: number, describeTimeoutMs: number): void {
    const timeoutMs =
      this.state === 'starting' ? Math.max(describeTimeoutMs, leastStartMs) : describeTimeoutMs;
    const begun = [...this.#held.values()].flatMap(({ begunAtMs }) => begunAtMs ?? []);
    const isAwaited = this.#held.size > 0 || this.state === 'starting';
    const sinceMs = begun.length > 0 ? Math.min(...begun) : isAwaited ? this.#heardAtMs : nowMs;
    if (nowMs - sinceMs <= timeoutMs) return;
    this.timedOut = true;
    this.kill();
  }

  /** Time in which this process did not run either (a suspended machine) is nobody's fault. */
  forgive(ms: number): void {
    this.#heardAtMs += ms;
    for (const held of this.#held.values()) if (held.begunAtMs !== null) held.begunAtMs += ms;
  }

  #onReport(report: Report, payload: Buffer): void {
    this.#heardAtMs = Date.now();
    if (report.type === 'ready') {
      this.#maxBytes = Math.max(this.#maxBytes, report.rssBytes * leastGrowth);
      if (this.state === 'starting') this.state = 'ready';
      this.#events.onReady(report.model);
    } else if (report.type === 'refused') {
      this.refusal = new ImagedexError(report.code, report.message);
      this.kill();
    } else if (report.type === 'started') {
      const held = this.#held.get(report.id);
      if (held !== undefined) held.begunAtMs = this.#heardAtMs;
    } else if (report.type === 'window') {
      this.#events.onWindow(report);
      if (report.rssBytes > this.#maxBytes && this.state === 'ready') this.leave();
    } else {
      this.#onAnswer(report, payload);
    }
  }

  #onAnswer(answer: Answer, payload: Buffer): void {
    const held = this.#held.get(answer.id);
    if (held === undefined) return;
    this.#held.delete(answer.id);
    if (this.state === 'leaving') this.leave();
    this.#events.onAnswer(held.job, answer, payload);
  }
}
