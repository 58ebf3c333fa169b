// Where the filters stand: at the side where there is room, and in a drawer where there is not.
import { h, icon } from './dom.ts';

export interface FilterPlace {
  readonly side: HTMLElement;
  readonly drawer: HTMLDialogElement;
  /** Opens the drawer. */
  readonly button: HTMLElement;
  fit(narrow: boolean): void;
  showChosen(count: number): void;
  showTotal(all: string): void;
}

export function filterPlace(filters: HTMLElement): FilterPlace {
  const side = h('aside', { class: 'side', 'aria-label': 'Filters' }, filters);
  const button = h('button', { type: 'button', class: 'quiet open-filters' }, icon('filters'), 'Filters');
  const done = h('button', { type: 'button', class: 'solid' }, 'Show pictures');
  const body = h('div', { class: 'drawer-body' });
  const drawer = h(
    'dialog',
    { class: 'drawer', 'aria-label': 'Filters' },
    h(
      'div',
      { class: 'drawer-sheet' },
      h('h2', { tabindex: -1, autofocus: true }, 'Filters'),
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
      button.replaceChildren(icon('filters'), count > 0 ? `Filters (${count})` : 'Filters'),
    showTotal: (all) => {
      done.textContent = `Show ${all}`;
    },
  };
}
