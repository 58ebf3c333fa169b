// What an element shows and does while it stands in a page: the view, the running search, and what is found.
// Long, because they change together; what is shown for them has files of its own.
import { firstView, searchOf, type View, type ViewKeeper } from './address.ts';
import {
  AskError,
  collectionNames,
  conceptsOf,
  type Facets,
  type Found,
  type LabelName,
  labelName,
  search,
  type Tile,
} from './ask.ts';
import { type Chips, chips } from './chips.ts';
import { h } from './dom.ts';
import { type FilterPlace, filterPlace } from './filter-place.ts';
import { type Filters, filters } from './filters.ts';
import { type Grid, grid, type HrefOf } from './grid.ts';
import { emptyNotice, errorNotice, otherLabels, troubleOf } from './notice.ts';
import { type PictureDialog, pictureDialog } from './picture.ts';
import { type SearchBox, searchBox } from './search-box.ts';
import { countOf, numeral, type Words } from './strings.ts';

const noFacets: Facets = { labels: [], formats: [], hosts: [] };
const typingPauseMs = 200;
const narrowBelowPx = 860;

export interface Surroundings {
  readonly say: Words;
  readonly keeper: ViewKeeper;
  /** Where the view names none. */
  readonly collection: string;
  readonly offersCollections: boolean;
  found(view: View, found: Found): void;
  /** Whether the picture's dialog shall open. */
  opens(tile: Tile): boolean;
  failed(error: unknown): void;
}

export class SearchView {
  readonly #around: Surroundings;
  #view: View = firstView;
  /** What the grid shows at the moment. */
  #shownSearch: string | null = null;
  /** Whose pictures the grid shows. */
  #shownCollection: string | null = null;
  #found: Found | null = null;
  #facets = noFacets;
  #tiles: Tile[] = [];
  #names = new Map<string, string>();
  #running: AbortController | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** Tries again what was asked too often. */
  #again: ReturnType<typeof setTimeout> | undefined;
  /** The entry of the history was made by typing: further letters replace it. */
  #isTypingEntry = false;
  #openedFrom: string | null = null;
  #narrow = false;
  #isClosed = false;

  readonly element: HTMLElement;
  readonly #box: SearchBox;
  readonly #filters: Filters;
  readonly #grid: Grid;
  readonly #picture: PictureDialog;
  readonly #total = h('p', { class: 'total' });
  readonly #chips: Chips;
  readonly #notice = h('div', { class: 'notice', part: 'notice', hidden: true });
  readonly #more: HTMLButtonElement;
  readonly #live = h('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  readonly #order: HTMLSelectElement;
  readonly #collections: HTMLSelectElement;
  #offered: readonly string[] = [];
  readonly #place: FilterPlace;
  readonly #width = new ResizeObserver(([entry]) =>
    this.#fit((entry?.contentRect.width ?? 0) < narrowBelowPx),
  );

  constructor(around: Surroundings) {
    this.#around = around;
    const { say } = around;
    this.#box = searchBox(say, () => this.#collection, {
      words: (words, isDone) => this.#type(words, isDone),
      label: ({ id, name }) => this.#addLabel(id, name, ''),
    });
    this.#filters = filters(
      say,
      (change) => this.go({ ...this.#view, ...change }),
      ({ id, name }) => this.#names.set(id, name),
    );
    this.#grid = grid(say, (id) => this.#open(id));
    this.#picture = pictureDialog(say, {
      close: () => this.#closePicture(),
      go: (id) => this.#replace({ ...this.#view, picture: id }),
      label: (id, name) => this.#addLabel(id, name, this.#view.words),
    });
    this.#chips = chips(say, {
      change: (change) => this.go({ ...this.#view, ...change }),
      clear: () => this.#clear(),
      next: () => this.#grid.element.querySelector<HTMLElement>('[tabindex="0"]'),
    });
    this.#more = h(
      'button',
      { type: 'button', class: 'solid more', part: 'more', hidden: true },
      say.loadMore,
    );
    this.#order = h('select', { 'aria-label': say.order });
    for (const [value, name] of [
      ['', say.bestFirst],
      ['CONFIDENCE', say.confidence],
      ['DATE', say.newest],
      ['SIZE', say.largest],
    ] as const) {
      this.#order.append(h('option', { value }, name));
    }
    this.#collections = h('select', { class: 'collections', 'aria-label': say.collection, hidden: true });
    this.#place = filterPlace(say, this.#filters.element);
    this.element = this.#layOut();
    this.#order.addEventListener('change', () => this.go({ ...this.#view, order: this.#order.value }));
    this.#collections.addEventListener('change', () => this.#chooseCollection(this.#collections.value));
    this.#more.addEventListener('click', () => void this.#loadMore());
  }

  #layOut(): HTMLElement {
    const tools = h('div', { class: 'tools' }, this.#place.button, this.#collections, this.#order);
    const results = h(
      'section',
      { class: 'results', 'aria-label': this.#around.say.results },
      h('div', { class: 'head' }, this.#total, tools),
      this.#chips.element,
      this.#grid.element,
      this.#notice,
      this.#more,
    );
    return h(
      'div',
      { class: 'root', part: 'root' },
      this.#box.element,
      h('div', { class: 'body' }, this.#place.side, results),
      this.#place.drawer,
      this.#picture.element,
      this.#live,
    );
  }

  get view(): View {
    return this.#view;
  }

  /** `labels`: ids or names that the view begins with. */
  async start(labels: readonly string[]): Promise<void> {
    const { keeper } = this.#around;
    keeper.watch(() => {
      this.#isTypingEntry = false;
      this.#show(keeper.read());
    });
    this.#width.observe(this.element);
    if (this.#around.offersCollections) void this.#offerCollections();
    if (labels.length > 0) {
      // Kept, should it be taken away before their names are known.
      this.#view = { ...keeper.read(), labels };
      this.#grid.skeleton();
      const ids = await this.#conceptsOf(labels);
      if (this.#isClosed) return;
      keeper.replace({ ...keeper.read(), labels: ids });
    }
    this.#show(keeper.read());
  }

  close(): void {
    this.#isClosed = true;
    this.#around.keeper.close();
    this.#width.disconnect();
    this.#running?.abort();
    clearTimeout(this.#typing);
    clearTimeout(this.#again);
    this.#picture.hide();
    this.element.remove();
  }

  go(view: View): void {
    this.#isTypingEntry = false;
    this.#around.keeper.push(view);
    this.#show(view);
  }

  /** `labels`: ids or names. */
  async change(change: Partial<View>): Promise<void> {
    const labels = change.labels === undefined ? {} : { labels: await this.#conceptsOf(change.labels) };
    if (!this.#isClosed) this.go({ ...this.#view, ...change, ...labels, picture: null });
  }

  async #conceptsOf(labels: readonly string[]): Promise<readonly string[]> {
    // What goes wrong here goes wrong with the search, too, which says so.
    const found = await conceptsOf(this.#collection, labels).catch(() => []);
    for (const { id, name } of found) this.#names.set(id, name);
    return found.length === 0 ? labels : found.map(({ id }) => id);
  }

  get #collection(): string {
    return this.#view.collection ?? this.#around.collection;
  }

  /** Nothing to choose where there is only one. */
  async #offerCollections(): Promise<void> {
    const names = await collectionNames().catch(() => []);
    this.#offered = names;
    this.#showCollection();
  }

  /** One that is not there, or was never crawled, is named where it is shown, and not offered. */
  #showCollection(): void {
    const shown = this.#collection;
    const option = (name: string, isOffered: boolean) =>
      h('option', { value: name, disabled: !isOffered, hidden: !isOffered }, name);
    this.#collections.replaceChildren(
      ...(this.#offered.includes(shown) ? [] : [option(shown, false)]),
      ...this.#offered.map((name) => option(name, true)),
    );
    this.#collections.value = shown;
    this.#collections.hidden = this.#offered.every((name) => name === shown);
  }

  #chooseCollection(chosen: string): void {
    const { words, order } = this.#view;
    this.go({ ...firstView, words, order, collection: chosen === this.#around.collection ? null : chosen });
  }

  #fit(narrow: boolean): void {
    if (narrow === this.#narrow) return;
    this.#narrow = narrow;
    this.element.classList.toggle('narrow', narrow);
    this.#place.fit(narrow);
  }

  #type(words: string, isDone: boolean): void {
    clearTimeout(this.#typing);
    const apply = () => {
      if (words.trim() === this.#view.words.trim()) return;
      const view = { ...this.#view, words: words.trim() };
      if (this.#isTypingEntry) this.#replace(view);
      else this.go(view);
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
    this.go({ ...this.#view, labels, words, picture: null });
  }

  #open(id: string): void {
    const tile = this.#tiles.find((one) => one.id === id);
    if (tile !== undefined && !this.#around.opens(tile)) return;
    this.#openedFrom = searchOf(this.#view);
    this.go({ ...this.#view, picture: id });
  }

  #closePicture(): void {
    // Back, where the entry before is the search that it was opened from: Forward then opens it again.
    const openedHere = this.#openedFrom === searchOf(this.#view);
    this.#openedFrom = null;
    if (openedHere && this.#around.keeper.back()) return;
    this.#replace({ ...this.#view, picture: null });
  }

  #replace(view: View): void {
    this.#around.keeper.replace(view);
    this.#show(view);
  }

  #show(view: View): void {
    const before = this.#view;
    this.#view = view;
    this.#box.setWords(view.words);
    this.#order.value = view.order;
    this.#showCollection();
    if (searchOf(view) !== this.#shownSearch) void this.#search();
    if (view.picture !== null) {
      this.#picture.show(view.picture, this.#neighbours(view.picture));
    } else {
      this.#picture.hide();
      if (before.picture !== null) this.#grid.focusOn(before.picture);
    }
  }

  #neighbours(id: string): { before: string | null; after: string | null } {
    const at = this.#tiles.findIndex((tile) => tile.id === id);
    return at < 0
      ? { before: null, after: null }
      : { before: this.#tiles[at - 1]?.id ?? null, after: this.#tiles[at + 1]?.id ?? null };
  }

  async #search(): Promise<void> {
    this.#running?.abort();
    clearTimeout(this.#again);
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
      this.#around.found(view, found);
    } catch (error) {
      if (!signal.aborted) this.#showError(error, () => void this.#search());
    }
  }

  /** What is shown is of another collection. */
  #forget(): void {
    this.#shownCollection = this.#collection;
    this.#found = null;
    this.#facets = noFacets;
    this.#tiles = [];
    this.#total.textContent = '';
    this.#filters.show(this.#view, noFacets, 0, this.#nameOf);
  }

  #showFound(found: Found): void {
    this.element.classList.remove('refused');
    this.#found = found;
    this.#facets = found.facets ?? noFacets;
    for (const { label } of this.#facets.labels) this.#names.set(label.id, label.name);
    this.#tiles = found.edges.map(({ node }) => node);
    this.#grid.element.removeAttribute('aria-busy');
    this.#grid.show(found.edges, this.#hrefOf);
    this.#showCounts();
    this.#showChips();
    this.#filters.show(this.#view, this.#facets, found.totalCount.value, this.#nameOf);
    if (found.edges.length === 0) void this.#showEmpty();
    const { picture } = this.#view;
    if (picture !== null) this.#picture.show(picture, this.#neighbours(picture));
  }

  readonly #hrefOf: HrefOf = (tile) => this.#around.keeper.href(this.#view, tile);
  readonly #nameOf = (id: string): string => this.#names.get(id) ?? '…';

  async #loadMore(): Promise<void> {
    const after = this.#found?.pageInfo.endCursor;
    if (!after) return;
    const { say } = this.#around;
    const { signal } = this.#running ?? new AbortController();
    this.#more.disabled = true;
    this.#more.textContent = say.loading;
    try {
      const found = await search(this.#collection, this.#view, after, signal);
      const first = this.#grid.size();
      this.#found = found;
      this.#tiles.push(...found.edges.map(({ node }) => node));
      this.#notice.hidden = true;
      this.#grid.add(found.edges, this.#hrefOf);
      this.#showCounts();
      this.#grid.focusAt(first);
    } catch (error) {
      if (!signal.aborted) this.#showError(error, () => void this.#loadMore());
    } finally {
      this.#more.disabled = false;
      this.#more.textContent = say.loadMore;
    }
  }

  #showCounts(): void {
    const { say } = this.#around;
    const { value, relation } = this.#found!.totalCount;
    const exactly = countOf(value, say);
    const all = relation === 'GTE' ? say.moreThan(exactly) : exactly;
    const shown = this.#grid.size();
    this.#total.textContent = shown < value ? say.partOf(numeral(shown, say), all) : value === 0 ? '' : all;
    const asked = [this.#view.words.trim(), ...this.#view.labels.map(this.#nameOf)].filter(
      (one) => one !== '',
    );
    const said = value === 0 ? say.noPictures : all;
    this.#live.textContent = asked.length > 0 ? say.foundFor(said, asked.join(', ')) : said;
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
    this.go({ ...this.#view, labels: [], formats: [], hosts: [], sure: 0 });
    this.#box.focus();
  }

  async #showEmpty(): Promise<void> {
    const view = this.#view;
    const others = await otherLabels(this.#collection, view);
    if (this.#view !== view) return;
    const label = ({ id, name }: LabelName) => {
      this.#names.set(id, name);
      this.go({ ...firstView, collection: view.collection, labels: [id] });
    };
    const on = { label, clear: () => this.#clear() };
    this.#notice.replaceChildren(...emptyNotice(this.#around.say, view, others, on));
    this.#notice.hidden = false;
  }

  #showError(error: unknown, retry: () => void): void {
    this.#shownSearch = null;
    this.#grid.element.removeAttribute('aria-busy');
    if (this.#found === null) {
      this.#grid.show([], this.#hrefOf);
      this.#more.hidden = true;
    }
    const isRefused = error instanceof AskError && error.trouble === 'refused';
    this.element.classList.toggle('refused', isRefused);
    const trouble = troubleOf(this.#around.say, error);
    this.#notice.replaceChildren(...errorNotice(this.#around.say, trouble, isRefused ? null : retry));
    this.#notice.hidden = false;
    this.#live.textContent = `${trouble.title}: ${trouble.text}`;
    if (error instanceof AskError && error.trouble === 'busy')
      this.#again = setTimeout(retry, error.waitSeconds * 1000);
    this.#around.failed(error);
  }
}
