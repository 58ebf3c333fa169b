// The panel of filters: labels, confidence, formats and sites, each value with its count.
import type { View } from './address.ts';
import type { Facets, LabelName } from './ask.ts';
import { h } from './dom.ts';
import { numeral, type Words } from './strings.ts';

export interface Filters {
  readonly element: HTMLElement;
  show(view: View, facets: Facets, total: number, nameOf: (label: string) => string): void;
}

const shortList = 12;

export function filters(
  say: Words,
  change: (change: Partial<View>) => void,
  learn: (label: LabelName) => void,
): Filters {
  const sure = sureSlider(say, (value) => change({ sure: value }));
  const groups = h('div', { class: 'groups' });
  const element = h('div', { class: 'filters', part: 'filters' }, sure.element, groups);
  let isLong = false;

  const show: Filters['show'] = (view, facets, total, nameOf) => {
    sure.set(view.sure, view.words.trim() !== '' || view.labels.length > 0);
    const focused = focusedName(groups);
    const labels = new Map(facets.labels.map(({ label, count }) => [label.id, { name: label.name, count }]));
    for (const id of view.labels) {
      labels.set(id, labels.get(id) ?? { name: nameOf(id), count: total });
    }
    // A label that every picture here has would change nothing.
    const useful = [...labels].filter(
      ([id, { count }]) => view.labels.includes(id) || count < total || total <= 1,
    );
    const sorted = useful.sort(
      ([a], [b]) => Number(view.labels.includes(b)) - Number(view.labels.includes(a)),
    );
    groups.replaceChildren();
    // Where nothing is found there is nothing to narrow down: what was chosen stays, to be taken back.
    if (sorted.length > 0)
      groups.append(
        group(say, say.labels, sorted.slice(0, isLong ? 60 : shortList), view.labels, (values, toggled) => {
          learn({ id: toggled, name: labels.get(toggled)?.name ?? toggled });
          change({ labels: values });
        }),
      );
    if (sorted.length > shortList) {
      const more = h(
        'button',
        { type: 'button', class: 'text more-labels' },
        isLong ? say.fewerLabels : say.moreLabels,
      );
      more.addEventListener('click', () => {
        isLong = !isLong;
        show(view, facets, total, nameOf);
        groups.querySelector<HTMLElement>('.more-labels')?.focus();
      });
      groups.append(more);
    }
    const formats = facets.formats.map(({ format, count }) => [format, { name: format, count }] as const);
    const hosts = facets.hosts
      .filter(({ host }) => host !== '')
      .map(({ host, count }) => [host, { name: host, count }] as const);
    if (formats.length > 1 || view.formats.length > 0)
      groups.append(
        group(say, say.format, kept(formats, view.formats), view.formats, (values) =>
          change({ formats: values }),
        ),
      );
    if (hosts.length > 1 || view.hosts.length > 0)
      groups.append(
        group(say, say.site, kept(hosts, view.hosts).slice(0, 10), view.hosts, (values) =>
          change({ hosts: values }),
        ),
      );
    if (focused !== null) groups.querySelector<HTMLElement>(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  };
  return { element, show };
}

type Row = readonly [value: string, { readonly name: string; readonly count: number }];

/** What is chosen stays in the list, even when nothing is found by it. */
const kept = (rows: readonly Row[], chosen: readonly string[]): Row[] => [
  ...rows,
  ...chosen
    .filter((value) => !rows.some(([known]) => known === value))
    .map((value) => [value, { name: value, count: 0 }] as const),
];

function group(
  say: Words,
  title: string,
  rows: readonly Row[],
  chosen: readonly string[],
  change: (values: readonly string[], toggled: string) => void,
): HTMLElement {
  const list = h('fieldset', { class: 'group' }, h('legend', {}, title));
  for (const [value, { name, count }] of rows) {
    const box = h('input', { type: 'checkbox', 'data-name': `${title} ${value}` });
    box.checked = chosen.includes(value);
    box.addEventListener('change', () => {
      change(box.checked ? [...chosen, value] : chosen.filter((one) => one !== value), value);
    });
    list.append(
      h(
        'label',
        { class: 'row' },
        box,
        h('span', { class: 'name' }, name),
        h('span', { class: 'count' }, numeral(count, say)),
      ),
    );
  }
  return list;
}

const focusedName = (groups: HTMLElement): string | null => {
  const root = groups.getRootNode() as ShadowRoot | Document;
  const focused = root.activeElement;
  return focused !== null && groups.contains(focused) ? focused.getAttribute('data-name') : null;
};

function sureSlider(say: Words, change: (value: number) => void) {
  const input = h('input', {
    type: 'range',
    id: 'sure',
    min: 0,
    max: 95,
    step: 5,
    'aria-describedby': 'sure-note',
  });
  const output = h('output', { for: 'sure' });
  const note = h('p', { class: 'muted small', id: 'sure-note' });
  const tell = (value: number) => {
    output.value = value === 0 ? say.automatic : say.orMore(value);
    input.setAttribute('aria-valuetext', output.value);
    // The part of the track that is filled, through the object model: no style attribute under a strict policy.
    input.style.setProperty('--filled', `${(value / 95) * 100}%`);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  input.addEventListener('input', () => {
    tell(input.valueAsNumber);
    clearTimeout(timer);
    timer = setTimeout(() => change(input.valueAsNumber), 200);
  });
  return {
    element: h(
      'div',
      { class: 'group sure' },
      h('div', { class: 'sure-head' }, h('label', { for: 'sure' }, say.confidence), output),
      input,
      note,
    ),
    set(value: number, isAsked: boolean) {
      input.value = String(value);
      tell(value);
      note.textContent = value === 0 ? say.byRules : isAsked ? say.byConfidence : say.picturesByConfidence;
    },
  };
}
