// The grid of thumbnails: rows of one height with room reserved, in the order of the document; arrow keys move in it.
import { altOf, bestOf, type Edge, type ImageLabel, type Tile, thumbnailOf } from './ask.ts';
import { h, icon, onwardIn, percent } from './dom.ts';
import type { Words } from './strings.ts';

export interface Grid {
  readonly element: HTMLElement;
  show(edges: readonly Edge[], hrefOf: HrefOf): void;
  add(edges: readonly Edge[], hrefOf: HrefOf): void;
  skeleton(): void;
  focusOn(id: string): void;
  focusAt(index: number): void;
  size(): number;
}

/** Where a click with Ctrl, or without a script, leads; null where nowhere. */
export type HrefOf = (tile: Tile) => string | null;

export function grid(say: Words, open: (id: string) => void): Grid {
  const element = h('ul', { class: 'grid', role: 'list', part: 'grid', 'aria-label': say.pictures });
  const links = () => [...element.querySelectorAll<HTMLAnchorElement>('a.tile')];
  /** One tile is in the order of Tab; the arrow keys move on from there. */
  const rove = (to: HTMLElement | undefined) => {
    for (const link of links()) link.tabIndex = link === to ? 0 : -1;
  };
  element.addEventListener('focusin', (event) =>
    rove((event.target as HTMLElement).closest<HTMLElement>('a.tile') ?? undefined),
  );
  element.addEventListener('keydown', (event) => {
    const link = event.target as HTMLAnchorElement;
    // What is no link is a button.
    if ((event.key === 'Enter' || event.key === ' ') && link.matches('a.tile:not([href])')) {
      event.preventDefault();
      open(link.dataset['id'] ?? '');
      return;
    }
    const all = links();
    const at = all.indexOf(link);
    const next =
      at < 0 || event.altKey || event.ctrlKey || event.metaKey ? undefined : target(event.key, all, at);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  });
  element.addEventListener('click', (event) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>('a.tile');
    if (link === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.dataset['id'] ?? '');
  });
  const add: Grid['add'] = (edges, hrefOf) => {
    element.querySelector('.filler')?.remove();
    element.append(...edges.map((edge) => tile(say, edge, hrefOf(edge.node))), filler());
    if (!links().some((link) => link.tabIndex === 0)) rove(links()[0]);
  };
  return {
    element,
    add,
    show(edges, hrefOf) {
      element.replaceChildren();
      if (edges.length > 0) add(edges, hrefOf);
    },
    skeleton() {
      const ratios = [1.5, 1, 0.75, 1.4, 1.5, 1, 1.33, 0.8, 1.5, 1.2, 1, 1.5];
      element.replaceChildren(
        ...ratios.map((ratio) =>
          sized(
            h('li', { class: 'cell skeleton', 'aria-hidden': 'true' }, h('div', { class: 'frame' })),
            ratio,
          ),
        ),
        filler(),
      );
    },
    focusOn: (id) =>
      links()
        .find((link) => link.dataset['id'] === id)
        ?.focus(),
    focusAt: (index) => links()[index]?.focus(),
    size: () => links().length,
  };
}

const filler = (): HTMLElement => h('li', { class: 'filler', 'aria-hidden': 'true' });

function sized<E extends HTMLElement>(cell: E, ratio: number): E {
  // Very long and very narrow pictures are cropped, so that rows stay rows.
  cell.style.setProperty('--ratio', String(Math.min(2.2, Math.max(0.66, ratio))));
  return cell;
}

function tile(say: Words, { node, matchedLabels }: Edge, href: string | null): HTMLElement {
  const image = h('img', {
    ...thumbnailOf(node.thumbnail),
    alt: altOf(node, say),
    width: node.width,
    height: node.height,
    loading: 'lazy',
    decoding: 'async',
  });
  const frame = h('div', { class: 'frame' }, image);
  image.addEventListener('load', () => image.classList.add('loaded'));
  image.addEventListener('error', () => frame.replaceWith(brokenFrame(say, node)));
  const { name, asked, confidence } = captionOf(say, node, matchedLabels);
  const caption = h(
    'span',
    { class: 'caption' },
    h('span', { class: 'name' }, name),
    confidence !== null &&
      h(
        'span',
        { class: 'matched' },
        asked !== null && h('span', { class: 'asked' }, `${asked} `),
        percent(confidence),
      ),
  );
  const link = h(
    'a',
    { class: 'tile', part: 'tile', href, role: href === null && 'button', 'data-id': node.id, tabindex: -1 },
    frame,
    caption,
  );
  return sized(h('li', { class: 'cell' }, link), node.width / node.height);
}

interface Caption {
  readonly name: string;
  readonly asked: string | null;
  readonly confidence: number | null;
}

/** What it most likely is, and how sure the label that was asked for is, with its name where that is another one. */
function captionOf(say: Words, node: Tile, matchedLabels: readonly ImageLabel[]): Caption {
  const best = bestOf(node.labels);
  const asked = matchedLabels.find((label) => label.isMostSpecific) ?? matchedLabels.at(-1);
  const shown = best ?? asked;
  if (shown === undefined)
    return { name: node.alt ?? node.caption ?? say.noLabel, asked: null, confidence: null };
  const isOther = asked !== undefined && asked.label.id !== shown.label.id;
  return {
    name: shown.label.name,
    asked: isOther ? asked.label.name : null,
    confidence: (asked ?? shown).confidence,
  };
}

export function brokenFrame(say: Words, node: Tile): HTMLElement {
  return h(
    'div',
    { class: 'frame broken', role: 'img', 'aria-label': say.thumbnailMissing(altOf(node, say)) },
    icon('broken'),
    h('span', { 'aria-hidden': 'true' }, say.noThumbnail),
  );
}

function target(key: string, all: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const onward = onwardIn(all[at]!);
  if (key === 'ArrowRight') return all[at + onward];
  if (key === 'ArrowLeft') return all[at - onward];
  if (key === 'Home') return all[0];
  if (key === 'End') return all.at(-1);
  if (key === 'ArrowDown') return nextRow(all, at, 1);
  if (key === 'ArrowUp') return nextRow(all, at, -1);
  if (key === 'PageDown') return rowsOn(all, at, 1);
  if (key === 'PageUp') return rowsOn(all, at, -1);
  return undefined;
}

const rowsOfPage = 3;
function rowsOn(all: readonly HTMLElement[], at: number, step: 1 | -1): HTMLElement | undefined {
  let to: HTMLElement | undefined = all[at];
  for (let rows = 0; rows < rowsOfPage; rows++) to = nextRow(all, all.indexOf(to!), step) ?? to;
  return to;
}

/** The tile of the row below or above whose middle is nearest. */
function nextRow(all: readonly HTMLElement[], at: number, step: 1 | -1): HTMLElement | undefined {
  const from = all[at]!.getBoundingClientRect();
  const middle = (box: DOMRect) => box.left + box.width / 2;
  let best: HTMLElement | undefined;
  let row: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let index = at + step; index >= 0 && index < all.length; index += step) {
    const box = all[index]!.getBoundingClientRect();
    if (Math.abs(box.top - from.top) < 2) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 2) break;
    const distance = Math.abs(middle(box) - middle(from));
    if (distance < least) {
      least = distance;
      best = all[index];
    }
  }
  return best;
}
