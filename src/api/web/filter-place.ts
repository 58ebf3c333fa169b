// Where the filters stand: at the side where there is room, and in a drawer where there is not.
import { h, icon } from './dom.ts';
import type { Words } from './strings.ts';

export interface FilterPlace {
  readonly side: HTMLElement;
  readonly drawer: HTMLDialogElement;
  /** Opens the drawer. */
  readonly button: HTMLElement;
  fit(narrow: boolean): void;
  showChosen(count: number): void;
  showTotal(all: string): void;
}

export function filterPlace(say: Words, filters: HTMLElement): FilterPlace {
  const side = h('aside', { class: 'side', 'aria-label': say.filters }, filters);
  const button = h('button', { type: 'button', class: 'quiet open-filters' }, icon('filters'), say.filters);
  const done = h('button', { type: 'button', class: 'solid' }, say.showPictures);
  const body = h('div', { class: 'drawer-body' });
  const drawer = h(
    'dialog',
    { class: 'drawer', 'aria-label': say.filters },
    h(
      'div',
      { class: 'drawer-sheet' },
      h('h2', { tabindex: -1, autofocus: true }, say.filters),
      body,
      h('div', { class: 'drawer-foot' }, done),
    ),
  );
  done.addEventListener('click', () => drawer.close());
  drawer.addEventListener('click', (event) => event.target === drawer && drawer.close());
  drawer.addEventListener('close', () => button.focus());
  button.addEventListener('click', () => drawer.showModal());
  return {
    side,
    drawer,
    button,
    fit: (narrow) => {
      if (!narrow && drawer.open) drawer.close();
      (narrow ? body : side).append(filters);
    },
    showChosen: (count) =>
      button.replaceChildren(icon('filters'), count > 0 ? say.filtersChosen(count) : say.filters),
    showTotal: (all) => {
      done.textContent = say.show(all);
    },
  };
}
