// A page as people see it: as its HTML says, or, where that shows signs of scripts that make it, as a browser has it.
import { type Failure, failure } from '../../../errors.ts';
import type { Missed, PageRecord } from '../../../ledger.ts';
import type { Answer } from '../../../net/answer.ts';
import type { CrawlerSettings } from '../../options.ts';
import { noRules, type PageRules, skipOf } from '../../page/marks.ts';
import type { PageImage } from '../../page/resolve.ts';
import type { PoliteFetch } from '../../polite-fetch.ts';
import { Prediction } from '../../render/prediction.ts';
import type { Renderer, Rendering } from '../../render/renderer.ts';
import { isPageOf, type PageReading, readPage, type WebPage } from './page.ts';

export type HtmlPage = Extract<WebPage, { kind: 'html' }>;

export interface OpenedPage {
  readonly page: WebPage;
  /** False where a browser should have opened it and could not; absent where none was needed. */
  readonly isRendered?: boolean;
  readonly missed?: readonly Missed[];
}

export interface PageOpenerOptions {
  readonly renderer: Renderer | undefined;
  readonly mode: CrawlerSettings['render'];
  readonly web: PoliteFetch;
  readonly maxBytes: number;
}

type Rendered = Extract<Rendering, { outcome: 'rendered' }>;

export class PageOpener {
  readonly #options: PageOpenerOptions;
  readonly #prediction = new Prediction();

  constructor(options: PageOpenerOptions) {
    this.#options = options;
  }

  /** A failure for a page that a browser opened before and cannot now: what it showed then still stands. */
  async open(
    answer: Answer,
    host: string,
    reading: PageReading,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<OpenedPage | { readonly failure: Failure }> {
    const { renderer, web, maxBytes } = this.#options;
    const page = await readPage(answer, host, reading);
    if (page.kind !== 'html' || renderer === undefined || !this.#needsBrowser(answer.url, page))
      return { page };
    const rendering = await renderer.render({ answer, web, maxBytes, signal });
    if (rendering.outcome === 'rendered') {
      const opened = await this.#merged(answer, host, reading, page, rendering);
      const { missed } = rendering;
      // What there would have been if it had got all says nothing of the next.
      if (missed.length === 0) this.#prediction.learn(answer.url, hasMore(page, opened));
      return { page: opened, isRendered: true, ...(missed.length > 0 && { missed }) };
    }
    if (earlier?.isRendered !== true) return { page, isRendered: false };
    const reason = `${answer.url}: a browser has to open it, ${rendering.reason}`;
    return { failure: failure('find', 'not_rendered', reason) };
  }

  #needsBrowser(url: string, page: HtmlPage): boolean {
    const { mode } = this.#options;
    if (mode === 'never' || mode === 'always') return mode === 'always';
    return page.reasonToRender !== undefined && !this.#prediction.isInVain(url);
  }

  /** What the browser has comes first; what only the HTML has is shown, too, unless the page wants none taken. */
  async #merged(
    answer: Answer,
    host: string,
    reading: PageReading,
    page: HtmlPage,
    rendered: Rendered,
  ): Promise<WebPage> {
    const [first, ...others] = rendered.frames;
    if (first === undefined) return page;
    const shown = await readPage(frameAnswer(answer, first, answer.headers), host, reading);
    if (shown.kind !== 'html') return shown.kind === 'skipped' ? shown : page;
    const links = shown.isNoFollow ? [] : [...shown.links, ...rendered.leads];
    const images = new Images();
    if (!shown.isOptedOut) {
      images.add(shown.images);
      for (const frame of others) {
        const framed = await readPage(frameAnswer(answer, frame, {}), host, reading);
        if (framed.kind === 'html') images.add(framed.images);
      }
      images.add(page.images);
      const hosts = new Set([host, ...images.hosts()]);
      images.add(askedFor(rendered, shown.title, hosts, reading.rules ?? noRules));
    }
    return {
      ...shown,
      images: images.all(),
      links: [...new Set(links)].filter((link) => isPageOf(host, new URL(link))),
      isCut: page.isCut || shown.isCut || rendered.isCut,
    };
  }
}

/** As if a server had sent it. */
const frameAnswer = (
  answer: Answer,
  { url, html }: { readonly url: string; readonly html: string },
  headers: Answer['headers'],
): Answer => ({
  ...answer,
  url,
  headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
  body: Buffer.from(html),
  isCut: false,
});

/** Pictures that scripts and style sheets asked for: a canvas shows them, or nothing at all. `hosts`: of those that are shown. */
const askedFor = (
  { images }: Rendered,
  title: string | null,
  hosts: ReadonlySet<string>,
  rules: PageRules,
): PageImage[] =>
  images.map(({ url, isPainted }): PageImage => {
    const context = {
      ...(title === null ? {} : { title }),
      ...(isPainted && { isBackground: true as const }),
    };
    const skip =
      !isPainted && isBeacon(new URL(url), hosts)
        ? { code: 'tracking_pixel' as const, reason: `${url} was asked for by a script, and is not shown` }
        : skipOf({}, url, null, rules);
    return { url, context, ...(skip === undefined ? {} : { skip }) };
  });

const beaconWords =
  /(^|[^a-z])(pixels?|beacons?|collect|track(ing|er)?|analytics|counter|impressions?|telemetry|metrics|stats?)([^a-z]|$)/i;
const pictureName = /\.(jpe?g|png|webp|avif|svg|tiff?)$/i;

/** Tells a host of a visit: by its words, or from where no picture of the page comes and without a picture's name. */
function isBeacon({ host, pathname }: URL, hosts: ReadonlySet<string>): boolean {
  if (beaconWords.test(`${host}${pathname.slice(0, 500)}`)) return true;
  return !hosts.has(host) && !pictureName.test(pathname);
}

/** Each file once, whether it is a picture's own or another of it. */
class Images {
  readonly #images = new Map<string, PageImage>();
  readonly #files = new Set<string>();

  add(images: readonly PageImage[]): void {
    for (const image of images) {
      if (this.#files.has(image.url)) continue;
      this.#images.set(image.url, image);
      this.#files.add(image.url);
      for (const { url } of image.variants ?? []) this.#files.add(url);
    }
  }

  hosts(): string[] {
    return this.all().flatMap(({ url }) => (URL.canParse(url) ? new URL(url).host : []));
  }

  all(): PageImage[] {
    return [...this.#images.values()];
  }
}

function hasMore(page: HtmlPage, opened: WebPage): boolean {
  if (opened.kind !== 'html') return true;
  const known = new Set([...page.images.flatMap(filesOf), ...page.links]);
  const wanted = opened.images.filter(({ skip }) => skip === undefined);
  return [...wanted.flatMap(filesOf), ...opened.links].some((url) => !known.has(url));
}

const filesOf = ({ url, variants = [] }: PageImage): string[] => [url, ...variants.map((file) => file.url)];
