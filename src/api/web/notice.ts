// What stands in place of pictures: that nothing was found, with ways on, or that something went wrong.
import { isFiltered, type View } from './address.ts';
import { AskError, isAtHome, type LabelCount, type LabelName, suggestLabels } from './ask.ts';
import { h } from './dom.ts';
import { numeral, type Words } from './strings.ts';

export interface OtherLabels {
  readonly labels: readonly LabelCount[];
  /** They begin like the words. */
  readonly areSimilar: boolean;
}

export async function otherLabels(collection: string, view: View): Promise<OtherLabels> {
  const ask = (prefix: string) => suggestLabels(collection, prefix, 40).catch(() => []);
  const similar = view.words.trim() === '' ? [] : await ask(view.words.trim().slice(0, 3));
  if (similar.length > 0) return { labels: similar.slice(0, 12), areSimilar: true };
  const labels = await ask('');
  // The general ones are on nearly every picture: the less frequent half says more about what is here.
  return { labels: labels.length > 16 ? labels.slice(-12) : labels.slice(0, 12), areSimilar: false };
}

export function emptyNotice(
  say: Words,
  view: View,
  { labels, areSimilar }: OtherLabels,
  on: { label(label: LabelName): void; clear(): void },
): HTMLElement[] {
  const words = view.words.trim();
  if (words === '' && !isFiltered(view)) {
    return [h('h2', {}, say.nothingYet), ...(isAtHome ? [h('p', {}, say.startCrawl)] : [])];
  }
  const notice: HTMLElement[] = [
    h('h2', {}, words === '' ? say.nothingFound : say.nothingFoundFor(words)),
    h('p', {}, say.nothingFits),
  ];
  if (labels.length > 0) {
    const row = h('ul', { class: 'chips', role: 'list' });
    for (const { label } of labels) {
      const button = h('button', { type: 'button', class: 'chip' }, label.name);
      button.addEventListener('click', () => on.label(label));
      row.append(h('li', {}, button));
    }
    notice.push(h('p', { class: 'muted' }, areSimilar ? say.similarLabels : say.labelsHere), row);
  }
  if (isFiltered(view)) {
    const clear = h('button', { type: 'button', class: 'solid' }, say.clearFilters);
    clear.addEventListener('click', () => on.clear());
    notice.push(clear);
  }
  return notice;
}

interface Said {
  readonly title: string;
  readonly text: string;
}

export function troubleOf(say: Words, error: unknown): Said {
  if (!(error instanceof AskError)) return { title: say.failed, text: say.somethingWrong };
  switch (error.trouble) {
    case 'refused':
      return { title: say.refused, text: error.message || say.notAmongOrigins(location.origin) };
    case 'busy':
      return { title: say.busy, text: say.goesOnIn(numeral(error.waitSeconds, say)) };
    case 'offline':
      return { title: say.failed, text: isAtHome ? say.offlineAtHome : say.offline };
    case 'failed':
      return { title: say.failed, text: error.message };
  }
}

/** `retry`: null where another try would end the same. */
export function errorNotice(say: Words, { title, text }: Said, retry: (() => void) | null): HTMLElement[] {
  const said = [h('h2', {}, title), h('p', {}, text)];
  if (retry === null) return said;
  const again = h('button', { type: 'button', class: 'solid' }, say.tryAgain);
  again.addEventListener('click', retry);
  return [...said, again];
}
