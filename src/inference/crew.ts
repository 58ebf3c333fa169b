// Keeps the describers at their number: starts them, replaces what dies, hangs or grows, gives up where none can start.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Answer, Order, Report } from './messages.ts';
import type { ModelInfo } from './model.ts';
import type { InferenceOptions } from './options.ts';
import type { ModelFiles } from './repository.ts';
import { type Job, Seat } from './seat.ts';

export interface CrewOptions extends Omit<InferenceOptions, 'model'> {
  readonly model: ModelFiles;
  /** The built file that a describer runs. */
  readonly entry: URL;
  readonly log?: Log;
}

export interface CrewEvents {
  /** There is a describer that can take images. */
  onReady(): void;
  onAnswer(job: Job, answer: Answer, thumbnail: Buffer): void;
  onWindow(report: Report & { type: 'window' }): void;
  /** A describer has ended with images that have no answer. */
  onLost(seat: Seat): void;
  /** None can be started any more. */
  onBroken(error: ImagedexError): void;
}

/** Starts in a row that may fail before we give up. */
const maxFailedStarts = 3;
const graceMs = 2000;
/** A clock that is this late says that the machine, or this process, did not run. */
const suspendedMs = 2000;

export class Crew {
  /** The model, when the first is ready; rejects where it cannot load. */
  readonly opened: Promise<ModelInfo>;
  readonly seats = new Set<Seat>();
  readonly #options: CrewOptions;
  readonly #events: CrewEvents;
  readonly #clock: NodeJS.Timeout;
  #settleOpened: { resolve: (model: ModelInfo) => void; reject: (error: Error) => void } = {
    resolve() {},
    reject() {},
  };
  #failedStarts = 0;
  #wanted = 1;
  #isClosed = false;

  constructor(options: CrewOptions, events: CrewEvents) {
    this.#options = options;
    this.#events = events;
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpened = { resolve, reject };
    });
    const everyMs = Math.min(1000, Math.ceil(options.describeTimeoutMs / 4));
    let lastMs = Date.now();
    this.#clock = setInterval(() => {
      const lateMs = Date.now() - lastMs - everyMs;
      lastMs += lateMs + everyMs;
      for (const seat of this.seats) {
        if (lateMs > suspendedMs) seat.forgive(lateMs);
        seat.checkTime(lastMs, options.describeTimeoutMs);
      }
    }, everyMs);
    this.#fill();
  }

  /** Nothing may be in flight. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#clock);
    for (const seat of this.seats) seat.leave();
    const untilMs = Date.now() + graceMs;
    while (this.seats.size > 0) {
      await sleep(5);
      if (Date.now() > untilMs) for (const seat of this.seats) seat.kill();
    }
  }

  #fill(): void {
    while (!this.#isClosed && this.seats.size < this.#wanted) this.#start();
  }

  #start(): void {
    const { entry, model, describerMaxBytes, maxPixels, keepPositions, describeTimeoutMs } = this.#options;
    const order: Order = {
      type: 'open',
      model,
      window: { maxImages: this.#options.windowMaxImages, maxWaitMs: this.#options.windowMaxWaitMs },
      prepare: { maxPixels, keepPositions, describeTimeoutMs },
    };
    const seat = new Seat(entry, order, describerMaxBytes, {
      onReady: (info) => this.#onReady(info),
      onAnswer: this.#events.onAnswer,
      onWindow: this.#events.onWindow,
      onGone: (cause) => this.#onGone(seat, cause),
    });
    this.seats.add(seat);
  }

  #onReady(model: ModelInfo): void {
    this.#failedStarts = 0;
    this.#settleOpened.resolve(model);
    // The others wait for the first: a model that cannot load fails once, not once a core.
    this.#wanted = this.#options.describers;
    this.#fill();
    this.#events.onReady();
  }

  #onGone(seat: Seat, cause: string): void {
    this.seats.delete(seat);
    // One that says why it cannot work is ended by us, and its words are the error.
    if (seat.state !== 'leaving' && seat.refusal === null)
      this.#options.log?.warn('a describer is replaced', { pid: seat.pid, cause, timedOut: seat.timedOut });
    if (seat.state === 'starting') this.#failedStarts += 1;
    this.#events.onLost(seat);
    if (this.#isClosed) return;
    const refusal = seat.refusal ?? (this.#failedStarts >= maxFailedStarts ? this.#cannotStart(cause) : null);
    if (refusal === null) this.#fill();
    else if (this.seats.size === 0) this.#break(refusal);
  }

  #cannotStart(cause: string): ImagedexError {
    const message = `a describer could not be started ${maxFailedStarts} times in a row: ${cause}`;
    return new ImagedexError('model_invalid', message);
  }

  #break(error: ImagedexError): void {
    this.#isClosed = true;
    clearInterval(this.#clock);
    this.#settleOpened.reject(error);
    this.#events.onBroken(error);
  }
}
