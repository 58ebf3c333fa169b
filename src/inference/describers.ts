// The pool of describers: lets images in, hands them out, tries again alone what a describer died on, loses none.
import { failure, type ImagedexError } from '../errors.ts';
import { descriptionKey, now } from '../record.ts';
import { countWindow, noWindows, type WindowCounts } from '../window.ts';
import { Crew, type CrewOptions } from './crew.ts';
import type { Described, DescribeInput, Describers } from './describe.ts';
import type { Answer } from './messages.ts';
import type { ModelInfo } from './model.ts';
import { openRoom, type Room } from './room.ts';
import type { Job, Seat } from './seat.ts';

export type DescribersOptions = CrewOptions;

const windowsInFlight = 2;
/** Times that an image may wait in describers that end before it is itself suspected. */
const maxPasses = 3;

/** Resolves when the first describer is ready; a model that cannot load is an error here. */
export async function openDescribers(options: DescribersOptions): Promise<Describers> {
  const pool = new Pool(options);
  await pool.open();
  return pool;
}

class Pool implements Describers {
  readonly #crew: Crew;
  readonly #room: Room;
  readonly #perSeat: number;
  readonly #waiting: Job[] = [];
  /** Images that a describer died on: one at a time, with nothing else in the process. */
  readonly #suspects: Job[] = [];
  readonly #unsettled = new Set<Job>();
  #model: ModelInfo | null = null;
  #counts: WindowCounts = noWindows;
  #isClosing = false;
  #broken: ImagedexError | null = null;
  #whenSettled: (() => void) | null = null;

  constructor(options: DescribersOptions) {
    this.#perSeat = windowsInFlight * options.windowMaxImages;
    this.#room = openRoom(options.describers * this.#perSeat, options.maxHeldBytes);
    this.#crew = new Crew(options, {
      onReady: () => this.#handOut(),
      onAnswer: (job, answer, thumbnail) => this.#onAnswer(job, answer, thumbnail),
      onWindow: ({ reason, images }) => {
        this.#counts = countWindow(this.#counts, reason, images);
      },
      onLost: (seat) => this.#onLost(seat),
      onBroken: (error) => this.#onBroken(error),
    });
  }

  async open(): Promise<void> {
    this.#model = await this.#crew.opened;
  }

  get model(): ModelInfo {
    if (this.#model === null) throw new Error('asked for the model before it was loaded');
    return this.#model;
  }

  counts(): WindowCounts {
    return this.#counts;
  }

  async describe(image: DescribeInput): Promise<Described> {
    const leave = await this.#room.enter(image.content.length);
    try {
      if (this.#broken !== null) throw this.#broken;
      if (this.#isClosing) throw new Error('the describers are closed');
      return await new Promise<Described>((resolve, reject) => {
        const job: Job = { image, resolve, reject, passes: 0, isAlone: false };
        this.#unsettled.add(job);
        this.#waiting.push(job);
        this.#handOut();
      });
    } finally {
      leave();
    }
  }

  /** Describes what was let in, then ends all processes. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#handOut();
    if (this.#unsettled.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenSettled = resolve;
      });
    }
    await this.#crew.close();
  }

  #handOut(): void {
    const ready = [...this.#crew.seats]
      .filter((seat) => seat.state === 'ready')
      .sort((a, b) => a.held - b.held);
    const quiet = this.#handOutSuspect(ready);
    const open = ready.filter((seat) => seat !== quiet);
    while (this.#waiting.length > 0) {
      const seat = open.reduce<Seat | null>(
        (least, one) => (least === null || one.held < least.held ? one : least),
        null,
      );
      if (seat === null || seat.held >= this.#perSeat) break;
      seat.give(this.#waiting.shift() as Job);
    }
    if (this.#isClosing) for (const seat of ready) seat.drain();
  }

  /** Returns the describer that is kept free of others, or null where nothing is suspected. */
  #handOutSuspect(ready: readonly Seat[]): Seat | null {
    const occupied = ready.find((seat) => seat.isAlone);
    if (occupied !== undefined) return occupied;
    const [calmest] = ready;
    if (calmest === undefined || this.#suspects.length === 0) return null;
    if (calmest.held === 0) calmest.give(this.#suspects.shift() as Job);
    return calmest;
  }

  #onLost(seat: Seat): void {
    const { begun, waiting } = seat.remains;
    for (const job of waiting) job.passes += 1;
    const isSuspect = (job: Job): boolean => job.passes >= maxPasses;
    const suspects = [...begun, ...waiting.filter(isSuspect)];
    for (const job of suspects) {
      if (job.isAlone) this.#settle(job, { outcome: 'failed', failure: whyAlone(seat, job) });
      else this.#suspects.push(job);
      job.isAlone = true;
    }
    this.#waiting.unshift(...waiting.filter((job) => !isSuspect(job)));
    this.#handOut();
  }

  #onBroken(error: ImagedexError): void {
    this.#broken = error;
    this.#waiting.length = 0;
    this.#suspects.length = 0;
    for (const job of this.#unsettled) {
      this.#unsettled.delete(job);
      job.reject(error);
    }
    this.#whenSettled?.();
  }

  #onAnswer(job: Job, answer: Answer, thumbnail: Buffer): void {
    this.#settle(job, this.#describedOf(job, answer, thumbnail));
    this.#handOut();
  }

  #settle(job: Job, described: Described): void {
    this.#unsettled.delete(job);
    job.resolve(described);
    if (this.#unsettled.size === 0) this.#whenSettled?.();
  }

  #describedOf({ image }: Job, answer: Answer, thumbnail: Buffer): Described {
    if (answer.type === 'skipped') return { outcome: 'skipped', code: answer.code, reason: answer.reason };
    if (answer.type === 'failed') return { outcome: 'failed', failure: answer.failure };
    const { sha256, format, content } = image;
    const { width, height, exif, scores, embedding, looks } = answer;
    const model = this.model.key;
    const key = descriptionKey(sha256, model, 'original');
    const sizeBytes = content.length;
    const describedAt = now();
    return {
      outcome: 'described',
      description: {
        key,
        sha256,
        model,
        format,
        width,
        height,
        sizeBytes,
        exif,
        scores,
        embedding,
        ...looks,
        describedAt,
      },
      thumbnail,
    };
  }
}

const whyAlone = (seat: Seat, job: Job) =>
  seat.timedOut
    ? failure(
        'describe',
        'describe_timed_out',
        `no answer within the time allowed for ${job.image.content.length} bytes`,
      )
    : failure('describe', 'describer_died', `the describer died on it again, alone: ${seat.cause}`);
