// The chosen filters above the grid, each with a cross that takes it back.
import type { View } from './address.ts';
import { h, icon } from './dom.ts';
import type { Words } from './strings.ts';

export interface Chips {
  readonly element: HTMLElement;
  show(view: View, nameOf: (label: string) => string): void;
}

export function chips(
  say: Words,
  on: {
    change(change: Partial<View>): void;
    clear(): void;
    /** Where the focus goes when the last one is gone. */
    next(): HTMLElement | null;
  },
): Chips {
  const element = h('ul', { class: 'chips', role: 'list', 'aria-label': say.chosenFilters });
  const chip = (name: string, change: Partial<View>) => {
    const button = h(
      'button',
      { type: 'button', class: 'chip', 'aria-label': say.remove(name) },
      name,
      icon('close'),
    );
    button.addEventListener('click', () => {
      on.change(change);
      (element.querySelector<HTMLElement>('button') ?? on.next())?.focus();
    });
    return h('li', {}, button);
  };
  const without = (list: readonly string[], value: string) => list.filter((one) => one !== value);
  const show: Chips['show'] = (view, nameOf) => {
    const all = [
      ...view.labels.map((id) => chip(nameOf(id), { labels: without(view.labels, id) })),
      ...view.formats.map((one) => chip(one, { formats: without(view.formats, one) })),
      ...view.hosts.map((one) => chip(one, { hosts: without(view.hosts, one) })),
      ...(view.sure > 0 ? [chip(say.orMore(view.sure), { sure: 0 })] : []),
    ];
    if (all.length > 1) {
      const clear = h('button', { type: 'button', class: 'text clear-all' }, say.clearAll);
      clear.addEventListener('click', () => on.clear());
      all.push(h('li', {}, clear));
    }
    element.replaceChildren(...all);
    element.hidden = all.length === 0;
  };
  return { element, show };
}
