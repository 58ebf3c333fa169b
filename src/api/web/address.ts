// What is looked at, and the same in the part of the address after #: Back, Forward and shared links work.

export interface View {
  /** null: the one that the page has been given. */
  readonly collection: string | null;
  readonly words: string;
  /** Concept ids; a picture must have all of them. */
  readonly labels: readonly string[];
  readonly formats: readonly string[];
  readonly hosts: readonly string[];
  /** Percent; 0 leaves it to the label rules. */
  readonly sure: number;
  readonly order: string;
  /** The picture that is open. */
  readonly picture: string | null;
}

export const firstView: View = {
  collection: null,
  words: '',
  labels: [],
  formats: [],
  hosts: [],
  sure: 0,
  order: '',
  picture: null,
};

export function readAddress(hash: string): View {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(search);
  const sure = Number.parseInt(parameters.get('sure') ?? '', 10);
  return {
    collection: parameters.get('collection'),
    words: parameters.get('q') ?? '',
    labels: parameters.getAll('label'),
    formats: parameters.getAll('format'),
    hosts: parameters.getAll('host'),
    sure: sure > 0 && sure <= 100 ? sure : 0,
    order: parameters.get('order') ?? '',
    picture: /^\/image\/([\w-]+)$/.exec(path)?.[1] ?? null,
  };
}

export function writeAddress(view: View): string {
  const parameters = new URLSearchParams();
  if (view.collection !== null) parameters.set('collection', view.collection);
  if (view.words !== '') parameters.set('q', view.words);
  for (const label of view.labels) parameters.append('label', label);
  for (const format of view.formats) parameters.append('format', format);
  for (const host of view.hosts) parameters.append('host', host);
  if (view.sure > 0) parameters.set('sure', String(view.sure));
  if (view.order !== '') parameters.set('order', view.order);
  const search = parameters.toString();
  return `#/${view.picture === null ? '' : `image/${view.picture}`}${search === '' ? '' : `?${search}`}`;
}

/** Where an element keeps what it shows. */
export interface ViewKeeper {
  read(): View;
  /** As a step that Back takes back, where there is such a thing. */
  push(view: View): void;
  replace(view: View): void;
  /** Whether there was a step to take back. */
  back(): boolean;
  /** What a link to the picture leads to. */
  href(
    view: View,
    picture: { readonly id: string; readonly pageUrl: string | null; readonly url: string | null },
  ): string | null;
  watch(changed: () => void): void;
  close(): void;
}

/** In the page's address: one element of a page can. */
export function addressKeeper(first: View): ViewKeeper {
  let onChange: (() => void) | undefined;
  return {
    read: () => (location.hash.startsWith('#/') ? readAddress(location.hash) : first),
    push: (view) => {
      if (writeAddress(view) !== location.hash) history.pushState(null, '', writeAddress(view));
    },
    replace: (view) => history.replaceState(null, '', writeAddress(view)),
    back: () => {
      history.back();
      return true;
    },
    href: (view, { id }) => writeAddress({ ...view, picture: id }),
    watch: (changed) => {
      onChange = changed;
      addEventListener('popstate', changed);
    },
    close: () => onChange !== undefined && removeEventListener('popstate', onChange),
  };
}

/** In the element: the page around it keeps its address and its history. */
export function ownKeeper(first: View): ViewKeeper {
  let kept = first;
  const keep = (view: View) => {
    kept = view;
  };
  return {
    read: () => kept,
    push: keep,
    replace: keep,
    back: () => false,
    href: (_, { pageUrl, url }) => pageUrl ?? url,
    watch: () => {},
    close: () => {},
  };
}

/** The same but for the picture: what is searched. */
export const searchOf = (view: View): string => writeAddress({ ...view, picture: null });
export const isFiltered = (view: View): boolean =>
  view.labels.length + view.formats.length + view.hosts.length > 0 || view.sure > 0;
