// A picture's page: the picture large, its labels with their confidence and path, and where it was found.
import { type Appearance, AskError, altOf, type Picture, picture } from './ask.ts';
import { h, icon, outLink, percent, percentOf, plural } from './dom.ts';
import { brokenFrame } from './grid.ts';

export interface PictureDialog {
  readonly element: HTMLDialogElement;
  show(id: string, neighbours: { readonly before: string | null; readonly after: string | null }): void;
  hide(): void;
}

export function pictureDialog(on: {
  close(): void;
  go(id: string): void;
  label(id: string, name: string): void;
}): PictureDialog {
  const content = h('div', { class: 'sheet', part: 'picture' });
  const element = h('dialog', { class: 'picture', 'aria-label': 'Picture' }, content);
  let running: AbortController | undefined;
  let shown: string | null = null;
  let around: { readonly before: string | null; readonly after: string | null } = {
    before: null,
    after: null,
  };

  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    on.close();
  });
  element.addEventListener('click', (event) => {
    if (event.target === element) on.close();
  });
  element.addEventListener('keydown', (event) => {
    const to = event.key === 'ArrowLeft' ? around.before : event.key === 'ArrowRight' ? around.after : null;
    if (to === null) return;
    event.preventDefault();
    on.go(to);
  });

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
    const close = h('button', { type: 'button', class: 'round close', 'aria-label': 'Close' }, icon('close'));
    close.addEventListener('click', () => on.close());
    return h(
      'div',
      { class: 'toolbar' },
      step(around.before, 'left', 'Picture before'),
      step(around.after, 'right', 'Next picture'),
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
    fill(h('div', { class: 'wait', 'aria-busy': 'true' }, 'Loading …'));
    try {
      const found = await picture(id, signal);
      if (signal.aborted) return;
      if (found === null) fill(h('p', { class: 'wait' }, 'This picture is not in the index any more.'));
      else fill(stage(found), facts(found, on.label));
      content.scrollTop = 0;
    } catch (error) {
      if (signal.aborted) return;
      const again = h('button', { type: 'button', class: 'solid' }, 'Try again');
      again.addEventListener('click', () => void load(id));
      fill(
        h(
          'div',
          { class: 'wait' },
          h('p', {}, error instanceof AskError ? error.message : 'Something went wrong.'),
          again,
        ),
      );
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

function stage(found: Picture): HTMLElement {
  const image = h('img', {
    src: new URL(found.thumbnail, import.meta.url).href,
    alt: altOf(found),
    width: found.width,
    height: found.height,
  });
  image.style.setProperty('--ratio', String(found.width / found.height));
  image.addEventListener('error', () => image.replaceWith(brokenFrame(found)));
  return h('div', { class: 'stage' }, image);
}

function facts(found: Picture, chooseLabel: (id: string, name: string) => void): HTMLElement {
  const accepted = found.labels.filter((label) => label.isAccepted);
  const others = found.labels.filter((label) => !label.isAccepted);
  const best = found.labels.find((label) => label.isMostSpecific);
  const words = found.caption ?? found.alt;
  return h(
    'div',
    { class: 'facts' },
    h('h2', {}, best?.label.name ?? words ?? 'No label'),
    best !== undefined && words !== null && h('p', { class: 'words' }, words),
    section(
      'Labels',
      accepted.length === 0
        ? h('p', { class: 'muted' }, 'The model is not sure enough of any label.')
        : labelList(mostSpecificFirst(accepted), chooseLabel),
      others.length > 0 &&
        h('details', {}, h('summary', {}, `${others.length} less sure`), labelList(others, chooseLabel)),
    ),
    section('Found on', ...places(found)),
    section('File', details(found)),
  );
}

const section = (title: string, ...children: (Node | false)[]): HTMLElement =>
  h('section', {}, h('h3', {}, title), ...children);

const mostSpecificFirst = (labels: Picture['labels']): Picture['labels'] =>
  [...labels].sort(
    (a, b) =>
      Number(b.isMostSpecific) - Number(a.isMostSpecific) || b.label.path.length - a.label.path.length,
  );

function labelList(labels: Picture['labels'], choose: (id: string, name: string) => void): HTMLElement {
  return h(
    'ul',
    { class: 'labels', role: 'list' },
    ...labels.map(({ label, confidence, isAccepted, isMostSpecific }) => {
      const button = h(
        'button',
        { type: 'button', class: 'text', title: `Search for ${label.name}` },
        label.name,
      );
      button.addEventListener('click', () => choose(label.id, label.name));
      const bar = h(
        'div',
        {
          class: 'meter',
          role: 'meter',
          'aria-label': `Confidence in ${label.name}`,
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

function places(found: Picture): HTMLElement[] {
  if (found.appearances.length === 0)
    return [h('p', { class: 'muted' }, 'No page shows it: it lies in a folder.')];
  const more = found.appearanceCount - found.appearances.length;
  return [
    h('ul', { class: 'pages', role: 'list' }, ...found.appearances.map(page)),
    ...(more > 0 ? [h('p', { class: 'muted small' }, `and on ${plural(more, 'page', 'pages')} more`)] : []),
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

function details(found: Picture): HTMLElement {
  const list = h('dl', {});
  const row = (name: string, value: Node | string | null) => {
    if (value !== null) list.append(h('dt', {}, name), h('dd', {}, value));
  };
  const day = (at: string | null) =>
    at === null ? null : new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  row('Size', `${found.width} × ${found.height} pixels, ${bytes(found.sizeBytes)} ${found.format}`);
  row('Taken', [day(found.takenAt), found.camera].filter((text) => text !== null).join(', ') || null);
  row('Fetched', day(found.fetchedAt));
  row('Model', found.model.split('#')[0] ?? null);
  for (const { url } of found.locations) row('Original', originalAt(url));
  return list;
}

/** A browser opens no file from a page of a server: its path can be copied instead. */
function originalAt(url: string): HTMLElement {
  if (!url.startsWith('file:')) return outLink(url, readable(url, decodeURI));
  const path = readable(new URL(url).pathname, decodeURIComponent).replace(/^\/(?=[A-Za-z]:\/)/, '');
  const text = h('span', { class: 'place' }, path);
  const said = h('span', { class: 'muted', role: 'status' });
  const copy = h('button', { type: 'button', class: 'text copy' }, icon('copy'), 'Copy path');
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(path);
      said.textContent = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(text);
      said.textContent = 'Selected: press Ctrl+C';
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
