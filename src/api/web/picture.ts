// A picture's page: the picture large, its labels with their confidence and path, and where it was found.
import { type Appearance, altOf, type OtherSize, type Picture, picture, thumbnailOf } from './ask.ts';
import { h, icon, onwardIn, outLink, percent, percentOf } from './dom.ts';
import { brokenFrame } from './grid.ts';
import { troubleOf } from './notice.ts';
import { numeral, type Words } from './strings.ts';

export interface PictureDialog {
  readonly element: HTMLDialogElement;
  show(id: string, neighbours: { readonly before: string | null; readonly after: string | null }): void;
  hide(): void;
}

export function pictureDialog(
  say: Words,
  on: { close(): void; go(id: string): void; label(id: string, name: string): void },
): PictureDialog {
  const content = h('div', { class: 'sheet', part: 'picture' });
  const element = h('dialog', { class: 'picture', 'aria-label': say.picture }, content);
  let running: AbortController | undefined;
  let shown: string | null = null;
  let around: { readonly before: string | null; readonly after: string | null } = {
    before: null,
    after: null,
  };

  /** 1 is what lies to the right. */
  const go = (way: 1 | -1): boolean => {
    const to = way === onwardIn(element) ? around.after : around.before;
    if (to !== null) on.go(to);
    return to !== null;
  };
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    on.close();
  });
  element.addEventListener('click', (event) => {
    if (event.target === element) on.close();
  });
  element.addEventListener('keydown', (event) => {
    const way = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (way !== 0 && go(way)) event.preventDefault();
  });
  onSwipe(content, (way) => go(way));

  const toolbar = () => {
    const step = (to: string | null, name: 'left' | 'right', label: string) => {
      const button = h(
        'button',
        { type: 'button', class: `round ${name}`, 'aria-label': label, disabled: to === null },
        icon(name),
      );
      button.addEventListener('click', () => to !== null && on.go(to));
      return button;
    };
    const close = h(
      'button',
      { type: 'button', class: 'round close', 'aria-label': say.close },
      icon('close'),
    );
    close.addEventListener('click', () => on.close());
    return h(
      'div',
      { class: 'toolbar' },
      step(around.before, 'left', say.pictureBefore),
      step(around.after, 'right', say.nextPicture),
      close,
    );
  };
  const fill = (...children: HTMLElement[]) => {
    const focused = (element.getRootNode() as ShadowRoot).activeElement?.className ?? '';
    content.replaceChildren(toolbar(), ...children);
    const again = [...content.querySelectorAll<HTMLButtonElement>('.toolbar button')].find(
      (button) => button.className === focused && !button.disabled,
    );
    (again ?? content.querySelector<HTMLElement>('.close'))?.focus();
  };
  const load = async (id: string) => {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    fill(h('div', { class: 'wait', 'aria-busy': 'true' }, say.loading));
    try {
      const found = await picture(id, signal);
      if (signal.aborted) return;
      if (found === null) fill(h('p', { class: 'wait' }, say.pictureGone));
      else fill(stage(say, found), facts(say, found, on.label));
      content.scrollTop = 0;
    } catch (error) {
      if (signal.aborted) return;
      const again = h('button', { type: 'button', class: 'solid' }, say.tryAgain);
      again.addEventListener('click', () => void load(id));
      fill(h('div', { class: 'wait' }, h('p', {}, troubleOf(say, error).text), again));
    }
  };
  return {
    element,
    show(id, neighbours) {
      around = neighbours;
      if (!element.open) element.showModal();
      if (shown !== id) void load(id);
      else content.querySelector('.toolbar')?.replaceWith(toolbar());
      shown = id;
    },
    hide() {
      running?.abort();
      shown = null;
      if (element.open) element.close();
    },
  };
}

/** A finger that moves to the left asks for what lies to the right. */
function onSwipe(element: HTMLElement, go: (way: 1 | -1) => void): void {
  let from: PointerEvent | undefined;
  element.addEventListener('pointerdown', (event) => {
    const isOnPicture = (event.target as Element).closest('.stage') !== null;
    from = event.pointerType === 'touch' && event.isPrimary && isOnPicture ? event : undefined;
  });
  element.addEventListener('pointerup', (event) => {
    const [across, down] =
      from === undefined ? [0, 0] : [event.clientX - from.clientX, event.clientY - from.clientY];
    if (Math.abs(across) > leastSwipePx && Math.abs(across) > 2 * Math.abs(down)) go(across < 0 ? 1 : -1);
    from = undefined;
  });
}
const leastSwipePx = 50;

function stage(say: Words, found: Picture): HTMLElement {
  const image = h('img', {
    ...thumbnailOf(found.thumbnail),
    alt: altOf(found, say),
    width: found.width,
    height: found.height,
  });
  image.style.setProperty('--ratio', String(found.width / found.height));
  image.addEventListener('error', () => image.replaceWith(brokenFrame(say, found)));
  return h('div', { class: 'stage' }, image);
}

function facts(say: Words, found: Picture, chooseLabel: (id: string, name: string) => void): HTMLElement {
  const accepted = found.labels.filter((label) => label.isAccepted);
  const others = found.labels.filter((label) => !label.isAccepted);
  const best = found.labels.find((label) => label.isMostSpecific);
  const words = found.caption ?? found.alt;
  return h(
    'div',
    { class: 'facts' },
    h('h2', {}, best?.label.name ?? words ?? say.noLabel),
    best !== undefined && words !== null && h('p', { class: 'words' }, words),
    found.pageUrl?.startsWith('http') && h('p', { class: 'to-page' }, outLink(found.pageUrl, say.openPage)),
    section(
      say.labels,
      accepted.length === 0
        ? h('p', { class: 'muted' }, say.unsure)
        : labelList(say, mostSpecificFirst(accepted), chooseLabel),
      others.length > 0 &&
        h(
          'details',
          {},
          h('summary', {}, say.lessSure(numeral(others.length, say))),
          labelList(say, others, chooseLabel),
        ),
    ),
    section(say.foundOn, ...places(say, found)),
    section(say.file, details(say, found)),
  );
}

const section = (title: string, ...children: (Node | false)[]): HTMLElement =>
  h('section', {}, h('h3', {}, title), ...children);

const mostSpecificFirst = (labels: Picture['labels']): Picture['labels'] =>
  [...labels].sort(
    (a, b) =>
      Number(b.isMostSpecific) - Number(a.isMostSpecific) || b.label.path.length - a.label.path.length,
  );

function labelList(
  say: Words,
  labels: Picture['labels'],
  choose: (id: string, name: string) => void,
): HTMLElement {
  return h(
    'ul',
    { class: 'labels', role: 'list' },
    ...labels.map(({ label, confidence, isAccepted, isMostSpecific }) => {
      const button = h(
        'button',
        { type: 'button', class: 'text', title: say.searchFor(label.name) },
        label.name,
      );
      button.addEventListener('click', () => choose(label.id, label.name));
      const bar = h(
        'div',
        {
          class: 'meter',
          role: 'meter',
          'aria-label': say.confidenceIn(label.name),
          'aria-valuemin': 0,
          'aria-valuemax': 100,
          'aria-valuenow': percentOf(confidence),
        },
        h('span'),
      );
      bar.style.setProperty('--value', String(confidence));
      const path = isMostSpecific || !isAccepted ? label.path.map(({ name }) => name).join(' › ') : '';
      return h(
        'li',
        {},
        h('div', { class: 'label-head' }, button, h('span', { class: 'count' }, percent(confidence))),
        bar,
        path !== '' && h('p', { class: 'muted small path' }, path),
      );
    }),
  );
}

function places(say: Words, found: Picture): HTMLElement[] {
  if (found.appearances.length === 0) return [h('p', { class: 'muted' }, say.noPage)];
  const more = found.appearanceCount - found.appearances.length;
  return [
    h('ul', { class: 'pages', role: 'list' }, ...found.appearances.map(page)),
    ...(more > 0 ? [h('p', { class: 'muted small' }, say.morePages(more, numeral(more, say)))] : []),
  ];
}

function page({ pageUrl, title, alt, caption, heading }: Appearance): HTMLElement {
  const said = [...new Set([alt, caption, heading === title ? null : heading])].filter(
    (text) => text !== null && text !== '' && text !== title,
  );
  return h(
    'li',
    {},
    outLink(pageUrl, title ?? pageUrl),
    h('p', { class: 'muted small address' }, pageUrl),
    ...said.map((text) => h('p', { class: 'said' }, text)),
  );
}

function details(say: Words, found: Picture): HTMLElement {
  const list = h('dl', {});
  const row = (name: string, value: Node | string | null) => {
    if (value !== null) list.append(h('dt', {}, name), h('dd', {}, value));
  };
  const day = (at: string | null) =>
    at === null
      ? null
      : new Date(at).toLocaleString(say.language, { dateStyle: 'medium', timeStyle: 'short' });
  row(say.size, sizeOf(say, found));
  const others = otherSizes(say, found);
  if (others.length > 0) row(say.alsoAs, h('ul', { class: 'sizes', role: 'list' }, ...others));
  const said = <W extends 'credit' | 'licence'>(what: W) =>
    found.appearances.find((one) => one[what] !== null)?.[what] ?? null;
  row(say.credit, said('credit'));
  const licence = said('licence');
  row(say.licence, /^https?:/.test(licence ?? '') ? outLink(licence!, licence!) : licence);
  row(say.taken, [day(found.takenAt), found.camera].filter((text) => text !== null).join(', ') || null);
  row(say.fetched, day(found.fetchedAt));
  row(say.model, found.model.split('#')[0] ?? null);
  for (const { url } of found.locations) row(say.original, originalAt(say, url));
  return list;
}

const sizeOf = (say: Words, { width, height, sizeBytes, format }: OtherSize): string =>
  say.sizeOf(width, height, `${bytes(sizeBytes)} ${format}`);

const mostVariants = 10;

/** Images that it stands for, and files that pages name. */
function otherSizes(say: Words, { folded, variants }: Picture): HTMLElement[] {
  const more = folded.totalCount - folded.nodes.length + Math.max(0, variants.length - mostVariants);
  return [
    ...folded.nodes.map((one) => h('li', {}, sizeOf(say, one))),
    ...variants
      .slice(0, mostVariants)
      .map(({ url, width }) =>
        h('li', {}, outLink(url, width === null ? readable(url, decodeURI) : say.wide(numeral(width, say)))),
      ),
    ...(more > 0 ? [h('li', { class: 'muted' }, say.otherSizes(numeral(more, say)))] : []),
  ];
}

/** A browser opens no file from a page of a server: its path can be copied instead. */
function originalAt(say: Words, url: string): HTMLElement {
  if (!url.startsWith('file:')) return outLink(url, readable(url, decodeURI));
  const path = readable(new URL(url).pathname, decodeURIComponent).replace(/^\/(?=[A-Za-z]:\/)/, '');
  const text = h('span', { class: 'place' }, path);
  const said = h('span', { class: 'muted', role: 'status' });
  const copy = h('button', { type: 'button', class: 'text copy' }, icon('copy'), say.copyPath);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(path);
      said.textContent = say.copied;
    } catch {
      getSelection()?.selectAllChildren(text);
      said.textContent = say.selected;
    }
  });
  return h('div', {}, text, h('div', { class: 'copying' }, copy, said));
}

/** As people read it; as it is where it is no UTF-8. */
function readable(address: string, decode: (address: string) => string): string {
  try {
    return decode(address);
  } catch {
    return address;
  }
}

const bytes = (count: number): string =>
  count >= 1e6 ? `${(count / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(count / 1e3))} kB`;
