// The pages of a list that are open: each is opened once for all its parts, and closed after the last.
import type { Validators } from '../../../record.ts';
import { hasConditions } from '../../web-answers.ts';
import type { Mapping } from './mapping.ts';
import type { OpenedList, Unopened } from './opened-list.ts';
import { type Earlier, openPage, type PageOptions } from './page.ts';
import { stampOf } from './spool.ts';

export interface Held {
  readonly page: string;
  readonly list: OpenedList;
  /** Parts that are being read. */
  users: number;
  isOver: boolean;
}

export class OpenLists {
  readonly #options: PageOptions;
  readonly #opened = new Map<string, Promise<Held | Unopened>>();
  /** Pages that have not changed since these validators: neither have their parts. */
  readonly #unchanged = new Map<string, Validators>();
  #mapping: Mapping | undefined;

  constructor(options: Omit<PageOptions, 'fallback'>) {
    this.#options = { ...options, fallback: () => this.#mapping };
  }

  /** What is held is to be released. `unchanged` where it is as the validators say. */
  async hold(page: string, earlier: Earlier, signal: AbortSignal): Promise<Held | Unopened> {
    const same = this.#unchanged.get(page);
    if (same !== undefined && isSame(earlier.validators, same)) return { outcome: 'unchanged' };
    const held = await this.#open(page, earlier, signal);
    if ('outcome' in held) {
      if (held.outcome === 'unchanged') this.#unchanged.set(page, earlier.validators);
      return held;
    }
    this.#mapping ??= held.list.mapping;
    if (isSame(earlier.validators, held.list.validators)) {
      this.#unchanged.set(page, held.list.validators);
      await this.#closeUnused(held);
      return { outcome: 'unchanged' };
    }
    held.users++;
    return held;
  }

  /** `isOver`: nothing of it is left to read. */
  async release(held: Held, isOver: boolean): Promise<void> {
    held.users--;
    held.isOver ||= isOver;
    if (held.isOver) await this.#closeUnused(held);
  }

  async close(): Promise<void> {
    for (const opening of this.#opened.values()) {
      const held = await opening.catch(() => undefined);
      if (held !== undefined && 'list' in held) await held.list.document.close();
    }
  }

  async #open(page: string, earlier: Earlier, signal: AbortSignal): Promise<Held | Unopened> {
    const known = await this.#opened.get(page);
    if (known !== undefined && 'list' in known) {
      if (await this.#isCurrent(known)) return known;
      this.#opened.delete(page);
    }
    const opening = openPage(this.#options, page, earlier, signal).then((list) =>
      'outcome' in list ? list : { page, list, users: 0, isOver: false },
    );
    this.#opened.set(page, opening);
    const held = await opening.catch((error: unknown) => {
      this.#opened.delete(page);
      throw error;
    });
    if ('outcome' in held) this.#opened.delete(page);
    return held;
  }

  /** A file may have been written since. */
  async #isCurrent({ page, list }: Held): Promise<boolean> {
    return this.#options.root.kind !== 'file' || (await stampOf(page))?.stamp === list.version;
  }

  async #closeUnused(held: Held): Promise<void> {
    // Standard input cannot be read again.
    if (held.users > 0 || this.#options.root.kind === 'stdin') return;
    this.#opened.delete(held.page);
    await held.list.document.close();
  }
}

const isSame = (before: Validators, { etag, lastModified }: Validators): boolean =>
  hasConditions(before) &&
  (before.etag === undefined ? before.lastModified === lastModified : before.etag === etag);
