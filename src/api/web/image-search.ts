// <image-search>: one element that searches the pictures of a collection. Its attribute `collection` names which.
// Long, because view, address and running search change together; what is shown for them has files of its own.
import { firstView, readAddress, searchOf, type View, writeAddress } from './address.ts';
import {
  AskError,
  collectionNames,
  type Facets,
  type Found,
  type LabelName,
  labelName,
  search,
} from './ask.ts';
import { type Chips, chips } from './chips.ts';
import { h, plural } from './dom.ts';
import { type FilterPlace, filterPlace } from './filter-place.ts';
import { type Filters, filters } from './filters.ts';
import { type Grid, grid } from './grid.ts';
import css from './image-search.css';
import { emptyNotice, errorNotice, otherLabels } from './notice.ts';
import { type PictureDialog, pictureDialog } from './picture.ts';
import { type SearchBox, searchBox } from './search-box.ts';

const noFacets: Facets = { labels: [], formats: [], hosts: [] };
const typingPauseMs = 200;
const narrowBelowPx = 860;

export class ImageSearch extends HTMLElement {
  #view: View = firstView;
  /** What the grid shows at the moment. */
  #shownSearch: string | null = null;
  #found: Found | null = null;
  #facets = noFacets;
  #ids: string[] = [];
  #names = new Map<string, string>();
  #running: AbortController | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** The entry of the history was made by typing: further letters replace it. */
  #isTypingEntry = false;
  #openedFrom: string | null = null;
  #narrow = false;

  readonly #box: SearchBox = searchBox(() => this.#collection, {
    words: (words, isDone) => this.#type(words, isDone),
    label: ({ id, name }) => this.#addLabel(id, name, ''),
  });
  readonly #filters: Filters = filters(
    (change) => this.#go({ ...this.#view, ...change }),
    ({ id, name }) => this.#names.set(id, name),
  );
  readonly #grid: Grid = grid((id) => this.#open(id));
  readonly #picture: PictureDialog = pictureDialog({
    close: () => this.#closePicture(),
    go: (id) => this.#replace({ ...this.#view, picture: id }),
    label: (id, name) => this.#addLabel(id, name, this.#view.words),
  });
  readonly #total = h('p', { class: 'total' });
  readonly #chips: Chips = chips({
    change: (change) => this.#go({ ...this.#view, ...change }),
    clear: () => this.#clear(),
    next: () => this.#grid.element.querySelector<HTMLElement>('[tabindex="0"]'),
  });
  readonly #notice = h('div', { class: 'notice', hidden: true });
  readonly #more = h('button', { type: 'button', class: 'solid more', hidden: true }, 'Load more');
  readonly #live = h('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  readonly #order = h('select', { 'aria-label': 'Order' });
  readonly #collections = h('select', { class: 'collections', 'aria-label': 'Collection', hidden: true });
  /** Whose pictures the grid shows. */
  #shownCollection: string | null = null;
  readonly #place: FilterPlace = filterPlace(this.#filters.element);

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    for (const [value, name] of [
      ['', 'Best first'],
      ['CONFIDENCE', 'Confidence'],
      ['DATE', 'Newest'],
      ['SIZE', 'Largest'],
    ] as const) {
      this.#order.append(h('option', { value }, name));
    }
    const results = h('section', { class: 'results', 'aria-label': 'Results' });
    results.append(
      h(
        'div',
        { class: 'head' },
        this.#total,
        h('div', { class: 'tools' }, this.#place.button, this.#collections, this.#order),
      ),
      this.#chips.element,
      this.#grid.element,
      this.#notice,
      this.#more,
    );
    root.append(
      h(
        'div',
        { class: 'root', part: 'root' },
        this.#box.element,
        h('div', { class: 'body' }, this.#place.side, results),
      ),
      this.#place.drawer,
      this.#picture.element,
      this.#live,
    );
    this.#order.addEventListener('change', () => this.#go({ ...this.#view, order: this.#order.value }));
    this.#collections.addEventListener('change', () => {
      const { words, order } = this.#view;
      const chosen = this.#collections.value;
      this.#go({ ...firstView, words, order, collection: chosen === this.#given ? null : chosen });
    });
    this.#more.addEventListener('click', () => void this.#loadMore());
  }

  get #collection(): string {
    return this.#view.collection ?? this.#given;
  }

  get #given(): string {
    return this.getAttribute('collection') ?? 'default';
  }

  readonly #onAddress = () => {
    this.#isTypingEntry = false;
    this.#show(readAddress(location.hash));
  };
  readonly #width = new ResizeObserver(([entry]) =>
    this.#fit((entry?.contentRect.width ?? 0) < narrowBelowPx),
  );

  connectedCallback(): void {
    addEventListener('popstate', this.#onAddress);
    this.#width.observe(this);
    this.#show(readAddress(location.hash));
    void this.#offerCollections();
  }

  disconnectedCallback(): void {
    removeEventListener('popstate', this.#onAddress);
    this.#width.disconnect();
    this.#running?.abort();
    clearTimeout(this.#typing);
  }

  /** Nothing to choose where there is only one. */
  async #offerCollections(): Promise<void> {
    const names = await collectionNames().catch(() => []);
    const offered = [...new Set([...names, this.#given, this.#collection])].sort();
    this.#collections.replaceChildren(...offered.map((name) => h('option', { value: name }, name)));
    this.#collections.value = this.#collection;
    this.#collections.hidden = offered.length < 2;
  }

  #fit(narrow: boolean): void {
    if (narrow === this.#narrow) return;
    this.#narrow = narrow;
    this.classList.toggle('narrow', narrow);
    this.#place.fit(narrow);
  }

  #type(words: string, isDone: boolean): void {
    clearTimeout(this.#typing);
    const apply = () => {
      if (words.trim() === this.#view.words.trim()) return;
      const view = { ...this.#view, words: words.trim() };
      if (this.#isTypingEntry) this.#replace(view);
      else this.#go(view);
      this.#isTypingEntry = true;
    };
    if (isDone) {
      apply();
      this.#isTypingEntry = false;
    } else {
      this.#typing = setTimeout(apply, typingPauseMs);
    }
  }

  #addLabel(id: string, name: string, words: string): void {
    clearTimeout(this.#typing);
    this.#names.set(id, name);
    const labels = this.#view.labels.includes(id) ? this.#view.labels : [...this.#view.labels, id];
    this.#go({ ...this.#view, labels, words, picture: null });
  }

  #open(id: string): void {
    this.#openedFrom = searchOf(this.#view);
    this.#go({ ...this.#view, picture: id });
  }

  #closePicture(): void {
    // Back, where the entry before is the search that it was opened from: Forward then opens it again.
    const openedHere = this.#openedFrom === searchOf(this.#view);
    this.#openedFrom = null;
    if (openedHere) history.back();
    else this.#replace({ ...this.#view, picture: null });
  }

  #go(view: View): void {
    this.#isTypingEntry = false;
    if (writeAddress(view) !== location.hash) history.pushState(null, '', writeAddress(view));
    this.#show(view);
  }

  #replace(view: View): void {
    history.replaceState(null, '', writeAddress(view));
    this.#show(view);
  }

  #show(view: View): void {
    const before = this.#view;
    this.#view = view;
    this.#box.setWords(view.words);
    this.#order.value = view.order;
    this.#collections.value = this.#collection;
    if (searchOf(view) !== this.#shownSearch) void this.#search();
    if (view.picture !== null) {
      this.#picture.show(view.picture, this.#around(view.picture));
    } else {
      this.#picture.hide();
      if (before.picture !== null) this.#grid.focusOn(before.picture);
    }
  }

  #around(id: string): { before: string | null; after: string | null } {
    const at = this.#ids.indexOf(id);
    return at < 0
      ? { before: null, after: null }
      : { before: this.#ids[at - 1] ?? null, after: this.#ids[at + 1] ?? null };
  }

  async #search(): Promise<void> {
    this.#running?.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const view = this.#view;
    this.#shownSearch = searchOf(view);
    if (this.#shownCollection !== this.#collection) this.#forget();
    this.#showChips();
    this.#notice.hidden = true;
    this.#grid.element.setAttribute('aria-busy', 'true');
    if (this.#found === null) {
      this.#grid.skeleton();
      this.#more.hidden = true;
    }
    try {
      const [found] = await Promise.all([
        search(this.#collection, view, null, signal),
        this.#learnNames(view.labels),
      ]);
      if (signal.aborted) return;
      this.#showFound(found);
    } catch (error) {
      if (!signal.aborted) this.#showError(error, () => void this.#search());
    }
  }

  /** What is shown is of another collection. */
  #forget(): void {
    this.#shownCollection = this.#collection;
    this.#found = null;
    this.#facets = noFacets;
    this.#ids = [];
    this.#total.textContent = '';
    this.#filters.show(this.#view, noFacets, 0, this.#nameOf);
  }

  #showFound(found: Found): void {
    this.#found = found;
    this.#facets = found.facets ?? noFacets;
    for (const { label } of this.#facets.labels) this.#names.set(label.id, label.name);
    this.#ids = found.edges.map(({ node }) => node.id);
    this.#grid.element.removeAttribute('aria-busy');
    this.#grid.show(found.edges, this.#hrefOf);
    this.#showCounts();
    this.#showChips();
    this.#filters.show(this.#view, this.#facets, found.totalCount.value, this.#nameOf);
    if (found.edges.length === 0) void this.#showEmpty();
    if (this.#view.picture !== null) this.#picture.show(this.#view.picture, this.#around(this.#view.picture));
  }

  readonly #hrefOf = (id: string): string => writeAddress({ ...this.#view, picture: id });
  readonly #nameOf = (id: string): string => this.#names.get(id) ?? '…';

  async #loadMore(): Promise<void> {
    const after = this.#found?.pageInfo.endCursor;
    if (!after) return;
    const { signal } = this.#running ?? new AbortController();
    this.#more.disabled = true;
    this.#more.textContent = 'Loading …';
    try {
      const found = await search(this.#collection, this.#view, after, signal);
      const first = this.#grid.size();
      this.#found = found;
      this.#ids.push(...found.edges.map(({ node }) => node.id));
      this.#grid.add(found.edges, this.#hrefOf);
      this.#showCounts();
      this.#grid.focusAt(first);
    } catch (error) {
      if (!signal.aborted) this.#showError(error, () => void this.#loadMore());
    } finally {
      this.#more.disabled = false;
      this.#more.textContent = 'Load more';
    }
  }

  #showCounts(): void {
    const { value, relation } = this.#found!.totalCount;
    const all = `${relation === 'GTE' ? 'more than ' : ''}${plural(value, 'picture', 'pictures')}`;
    const shown = this.#grid.size();
    this.#total.textContent = shown < value ? `${shown} of ${all}` : value === 0 ? '' : all;
    const asked = [this.#view.words.trim(), ...this.#view.labels.map(this.#nameOf)].filter(
      (one) => one !== '',
    );
    this.#live.textContent = `${value === 0 ? 'No pictures' : all}${asked.length > 0 ? ` for ${asked.join(', ')}` : ''}`;
    this.#more.hidden = !this.#found!.pageInfo.hasNextPage;
    this.#place.showTotal(all);
  }

  async #learnNames(labels: readonly string[]): Promise<void> {
    const unknown = labels.filter((id) => !this.#names.has(id));
    const asIs = (id: string) => ({ id, name: id });
    const learned = await Promise.all(unknown.map((id) => labelName(id).catch(() => asIs(id))));
    for (const { id, name } of learned) this.#names.set(id, name);
  }

  #showChips(): void {
    const { labels, formats, hosts, sure } = this.#view;
    this.#chips.show(this.#view, this.#nameOf);
    this.#place.showChosen(labels.length + formats.length + hosts.length + (sure > 0 ? 1 : 0));
  }

  #clear(): void {
    this.#go({ ...this.#view, labels: [], formats: [], hosts: [], sure: 0 });
    this.#box.focus();
  }

  async #showEmpty(): Promise<void> {
    const view = this.#view;
    const others = await otherLabels(this.#collection, view);
    if (this.#view !== view) return;
    const label = ({ id, name }: LabelName) => {
      this.#names.set(id, name);
      this.#go({ ...firstView, collection: view.collection, labels: [id] });
    };
    this.#notice.replaceChildren(...emptyNotice(view, others, { label, clear: () => this.#clear() }));
    this.#notice.hidden = false;
  }

  #showError(error: unknown, retry: () => void): void {
    this.#shownSearch = null;
    this.#grid.element.removeAttribute('aria-busy');
    if (this.#found === null) {
      this.#grid.show([], this.#hrefOf);
      this.#more.hidden = true;
    }
    const message = error instanceof AskError ? error.message : 'Something went wrong.';
    this.#notice.replaceChildren(...errorNotice(message, retry));
    this.#notice.hidden = false;
    this.#live.textContent = message;
  }
}
