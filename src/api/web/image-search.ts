// <image-search>: one element that searches the pictures of a collection, in a page of ours or of anybody whom the
// collection allows. What a page can set, call and listen to is here, and in docs/embedding.md.
import { addressKeeper, firstView, ownKeeper, type View } from './address.ts';
import { AskError, type Found, type Tile } from './ask.ts';
import css from './image-search.css';
import { SearchView } from './search-view.ts';
import { type Strings, wordsOf } from './strings.ts';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

export interface PageFilters {
  /** Ids or names. */
  readonly labels?: readonly string[];
  readonly formats?: readonly string[];
  readonly hosts?: readonly string[];
  /** From 0 to 1; 0 leaves it to the label rules. */
  readonly minConfidence?: number;
  /** `CONFIDENCE`, `DATE`, `SIZE`, or nothing for the best first. */
  readonly order?: string;
}

export class ImageSearch extends HTMLElement {
  static readonly observedAttributes = [
    'collection',
    'words',
    'labels',
    'lang',
    'address',
    'choose-collection',
  ];

  readonly #root = this.attachShadow({ mode: 'open' });
  #shown: SearchView | undefined;
  /** What was shown when it was taken out of the page. */
  #kept: View | undefined;
  #strings: Partial<Strings> = {};

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
  }

  /** Words of the page's own, by their names in strings.ts. */
  get strings(): Partial<Strings> {
    return this.#strings;
  }
  set strings(strings: Partial<Strings>) {
    this.#strings = strings;
    if (this.#shown !== undefined) this.#restart();
  }

  search(words: string): void {
    if (this.#shown === undefined) this.setAttribute('words', words);
    else this.#shown.go({ ...this.#shown.view, words: words.trim(), picture: null });
  }

  /** What is not named stays as it is. */
  setFilters({ minConfidence, ...filters }: PageFilters): void {
    const sure =
      minConfidence === undefined ? {} : { sure: Math.round(Math.min(1, Math.max(0, minConfidence)) * 100) };
    if (this.#shown === undefined) this.#kept = { ...(this.#kept ?? this.#first()), ...filters, ...sure };
    else void this.#shown.change({ ...filters, ...sure });
  }

  connectedCallback(): void {
    const labels = this.#kept === undefined ? this.#given('labels') : this.#kept.labels;
    const first = this.#kept ?? this.#first();
    const isInAddress = this.getAttribute('address') === 'hash';
    const hasAddress = isInAddress && location.hash.startsWith('#/');
    const language = this.closest('[lang]')?.getAttribute('lang') ?? '';
    this.#shown = new SearchView({
      say: wordsOf(language, this.#strings),
      keeper: isInAddress ? addressKeeper(first) : ownKeeper(first),
      collection: this.getAttribute('collection') ?? 'default',
      offersCollections: this.hasAttribute('choose-collection'),
      found: (view, found) => this.#tellFound(view, found),
      opens: (tile) => this.#tell('open', openDetail(tile)),
      failed: (error) => this.#tell('error', errorDetail(error)),
    });
    this.#root.append(this.#shown.element);
    void this.#shown.start(hasAddress ? [] : labels);
  }

  disconnectedCallback(): void {
    this.#kept = this.#shown === undefined ? this.#kept : { ...this.#shown.view, picture: null };
    this.#shown?.close();
    this.#shown = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#shown === undefined || before === after) return;
    if (name === 'words') this.search(after ?? '');
    else if (name === 'labels') this.setFilters({ labels: this.#given('labels') });
    else this.#restart();
  }

  #restart(): void {
    this.disconnectedCallback();
    this.connectedCallback();
  }

  #first(): View {
    return { ...firstView, words: this.getAttribute('words')?.trim() ?? '' };
  }

  /** A list, separated by commas. */
  #given(attribute: string): string[] {
    const list = this.getAttribute(attribute)?.split(',') ?? [];
    return list.map((one) => one.trim()).filter((one) => one !== '');
  }

  #tellFound({ words, labels }: View, { totalCount, edges }: Found): void {
    const ids = edges.map(({ node }) => node.id);
    this.#tell('results', { words, labels, total: totalCount.value, ids });
  }

  /** False where the page has prevented what comes next. */
  #tell(what: 'results' | 'open' | 'error', detail: object): boolean {
    const collection = this.#shown?.view.collection ?? this.getAttribute('collection') ?? 'default';
    return this.dispatchEvent(
      new CustomEvent(`image-search:${what}`, {
        detail: { collection, ...detail },
        bubbles: true,
        composed: true,
        cancelable: what === 'open',
      }),
    );
  }
}

const openDetail = ({ id, pageUrl, url, alt }: Tile) => ({ id, pageUrl, url, alt });
const errorDetail = (error: unknown) => ({
  trouble: error instanceof AskError ? error.trouble : 'failed',
  message: error instanceof Error ? error.message : '',
});
