// The style sheets of a source's pages: each asked for once, with those that it imports, and kept for the pages to come.
import { setImmediate as breathe } from 'node:timers/promises';
import { type Answer, headerOf } from '../../../net/answer.ts';
import { normaliseUrl } from '../../normalise-url.ts';
import { type Painted, readSheet, type Sheet } from '../../page/css.ts';
import { pageText } from '../../page/text.ts';
import type { PoliteFetch } from '../../polite-fetch.ts';

/** `missed`: it could not be had this time. Absent where there is none, or no room for more. */
type Had = Sheet | 'missed' | undefined;

const maxSheets = 200;
const maxBytes = 1024 ** 2;

export class Sheets {
  readonly #web: PoliteFetch;
  readonly #known = new Map<string, Promise<Had>>();
  #asked = 0;

  constructor(web: PoliteFetch) {
    this.#web = web;
  }

  /** With absolute addresses. `page`: the host of the page that links it. */
  async of(url: string, page: string, signal: AbortSignal): Promise<Had> {
    const sheet = await this.#once(url, page, signal);
    if (sheet === undefined || sheet === 'missed' || sheet.imports.length === 0) return sheet;
    const painted: Painted[] = [...sheet.painted];
    let isMissed = false;
    for (const address of sheet.imports) {
      const imported = await this.#once(address, page, signal);
      if (imported === 'missed') isMissed = true;
      else painted.push(...(imported?.painted ?? []));
    }
    return isMissed ? 'missed' : { painted, imports: [] };
  }

  #once(url: string, page: string, signal: AbortSignal): Promise<Had> {
    const known = this.#known.get(url);
    if (known !== undefined) return known;
    if (this.#asked >= maxSheets) return Promise.resolve(undefined);
    this.#asked++;
    const asked = this.#ask(url, page, signal);
    this.#known.set(url, asked);
    // Who was stopped has not learned anything.
    asked.catch(() => this.#known.delete(url));
    return asked;
  }

  async #ask(url: string, page: string, signal: AbortSignal): Promise<Had> {
    const headers = { accept: 'text/css, */*;q=0.1' };
    const answer = await this.#web.fetch({ url, stage: 'find', headers, maxBytes, atCap: 'cut', signal });
    signal.throwIfAborted();
    // A host that is away for good must not keep crawls from their conclusions: only the page's own counts.
    const isOwn = new URL(url).host === page;
    if (answer.outcome === 'failed') return isOwn && answer.failure.retry === 'later' ? 'missed' : undefined;
    if (answer.outcome === 'skipped') return undefined;
    if (answer.status !== 200) return isOwn && answer.status >= 500 ? 'missed' : undefined;
    return isCss(answer) ? absolute(await readSheet(textOf(answer), () => breathe()), answer.url) : undefined;
  }
}

const isCss = (answer: Answer): boolean =>
  /^\s*(text\/(css|plain)|application\/octet-stream)?\s*(;|$)/i.test(headerOf(answer, 'content-type') ?? '');

const textOf = (answer: Answer): string =>
  [...pageText(answer.body, headerOf(answer, 'content-type'))].join('');

/** Addresses in a sheet are relative to the sheet, not to the page. */
function absolute({ painted, imports }: Sheet, base: string): Sheet {
  const addresses = imports.flatMap((address) => normaliseUrl(address, base) ?? []);
  return {
    painted: painted.map((one) => ({
      ...one,
      candidates: one.candidates.flatMap((file) => {
        const url = normaliseUrl(file.url, base);
        return url === undefined ? [] : [{ ...file, url }];
      }),
    })),
    imports: addresses,
  };
}
