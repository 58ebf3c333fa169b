// The field for words, with labels that exist as suggestions: a combobox by the ARIA practices.
import { type LabelCount, suggestLabels } from './ask.ts';
import { h, icon } from './dom.ts';
import { countOf, numeral, type Words } from './strings.ts';

export interface SearchBox {
  readonly element: HTMLElement;
  focus(): void;
  setWords(words: string): void;
}

export function searchBox(
  say: Words,
  collection: () => string,
  on: { words(words: string, isDone: boolean): void; label(label: LabelCount['label']): void },
): SearchBox {
  const input = h('input', {
    type: 'text',
    role: 'combobox',
    inputmode: 'search',
    enterkeyhint: 'search',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    maxlength: 200,
    placeholder: say.placeholder,
    'aria-label': say.field,
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': 'suggestions',
    part: 'input',
  });
  const list = h('ul', {
    role: 'listbox',
    id: 'suggestions',
    class: 'suggestions',
    'aria-label': say.labels,
    'aria-orientation': 'horizontal',
    hidden: true,
  });
  const clear = h(
    'button',
    { type: 'button', class: 'bare', 'aria-label': say.clearWords, hidden: true },
    icon('close'),
  );
  const element = h('form', { class: 'box', role: 'search' }, icon('search'), input, clear, list);
  let shown: readonly LabelCount[] = [];
  let active = -1;
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = () => {
    running?.abort();
    clearTimeout(timer);
    shown = [];
    mark(-1);
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute('aria-expanded', 'false');
  };
  const mark = (next: number) => {
    active = next;
    [...list.children].forEach((option, index) => {
      option.setAttribute('aria-selected', String(index === active));
      if (index === active) option.scrollIntoView({ block: 'nearest' });
    });
    if (active < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `suggestion-${active}`);
  };
  const choose = (index: number) => {
    const chosen = shown[index];
    if (chosen === undefined) return;
    input.value = '';
    clear.hidden = true;
    close();
    on.label(chosen.label);
  };
  const show = (labels: readonly LabelCount[]) => {
    shown = labels;
    const isTwice = ({ label }: LabelCount) =>
      labels.filter((one) => one.label.name === label.name).length > 1;
    list.replaceChildren(...labels.map((one, index) => option(say, one, index, isTwice(one), choose)));
    mark(-1);
    list.hidden = labels.length === 0;
    input.setAttribute('aria-expanded', String(labels.length > 0));
  };
  const suggest = async () => {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    const words = input.value.trim();
    if (words === '') return close();
    const labels = await suggestLabels(collection(), words, 7, signal).catch(() => []);
    if (!signal.aborted) show(labels);
  };

  input.addEventListener('input', () => {
    clear.hidden = input.value === '';
    clearTimeout(timer);
    timer = setTimeout(suggest, 120);
    on.words(input.value, false);
  });
  input.addEventListener('keydown', (event) => {
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && shown.length > 0) {
      event.preventDefault();
      // One place more than there are suggestions: the words themselves.
      const places = shown.length + 1;
      mark(((active + 1 + (event.key === 'ArrowDown' ? 1 : -1) + places) % places) - 1);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === 'Escape' && input.value !== '') {
      event.preventDefault();
      clear.click();
    }
  });
  input.addEventListener('blur', close);
  clear.addEventListener('click', () => {
    input.value = '';
    clear.hidden = true;
    close();
    input.focus();
    on.words('', true);
  });
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (active >= 0) return choose(active);
    close();
    on.words(input.value, true);
  });
  return {
    element,
    focus: () => input.focus(),
    setWords: (words) => {
      if (input.value !== words) input.value = words;
      clear.hidden = words === '';
    },
  };
}

/** With what is above it where another one has the same name. */
function option(
  say: Words,
  { label, count }: LabelCount,
  index: number,
  isTwice: boolean,
  choose: (index: number) => void,
): HTMLElement {
  const parent = isTwice ? label.path?.at(-1)?.name : undefined;
  const element = h(
    'li',
    { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false' },
    h('span', { class: 'name' }, label.name),
    parent !== undefined && h('span', { class: 'muted kind' }, parent),
    h('span', { class: 'count', 'aria-label': countOf(count, say) }, numeral(count, say)),
  );
  // Before the field loses the focus, which closes the list.
  element.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    choose(index);
  });
  return element;
}
