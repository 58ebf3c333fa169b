// Makes elements. Text goes in as text, never as markup: what pages say around pictures is not to be trusted.

type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => !!child || child === ''));
  return element;
}

/** Icons are single paths in a box of 24. */
export const icons = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4.5 4.5',
  close: 'M6 6l12 12M18 6 6 18',
  filters: 'M4 7h16M7 12h10M10 17h4',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  broken: 'M4 5h16v14H4zM4 16l5-5 3 3M14.5 9.5h.01M13 19l2-4-2-2 4-3',
  out: 'M14 5h5v5M19 5l-8 8M17 14v5H5V7h5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
} as const;

export function icon(name: keyof typeof icons): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [attribute, value] of [
    ['viewBox', '0 0 24 24'],
    ['aria-hidden', 'true'],
    ['class', 'icon'],
  ] as const) {
    svg.setAttribute(attribute, value);
  }
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', icons[name]);
  svg.append(path);
  return svg;
}

/** 1 where the text around runs from left to right, else -1: for keys and fingers. */
export const onwardIn = (element: Element): 1 | -1 =>
  getComputedStyle(element).direction === 'rtl' ? -1 : 1;

/** Whole percent, rounded down: only what is certain is 100%. A confidence is a whole number of 200. */
export const percentOf = (confidence: number): number => Math.floor(Math.round(confidence * 200) / 2);
export const percent = (confidence: number): string => `${percentOf(confidence)}%`;

/** A link only where a click on it opens a page: addresses come from the pages that were crawled. */
export function outLink(address: string, text: string): HTMLElement {
  if (!/^https?:\/\//i.test(address)) return h('span', { class: 'place' }, text);
  return h(
    'a',
    { href: address, target: '_blank', rel: 'noopener noreferrer', class: 'place' },
    text,
    icon('out'),
  );
}
