// What stands in place of pictures: that nothing was found, with ways on, or that something went wrong.
import { isFiltered, type View } from './address.ts';
import { type LabelCount, type LabelName, suggestLabels } from './ask.ts';
import { h } from './dom.ts';

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
  view: View,
  { labels, areSimilar }: OtherLabels,
  on: { label(label: LabelName): void; clear(): void },
): HTMLElement[] {
  const words = view.words.trim();
  if (words === '' && !isFiltered(view)) {
    return [
      h('h2', {}, 'No pictures yet'),
      h('p', {}, 'Start a crawl, and pictures appear here while it runs: imagedex crawl SOURCE'),
    ];
  }
  const notice: HTMLElement[] = [
    h('h2', {}, words === '' ? 'Nothing found' : `Nothing found for “${words}”`),
    h('p', {}, 'No picture fits all of this.'),
  ];
  if (labels.length > 0) {
    const row = h('ul', { class: 'chips', role: 'list' });
    for (const { label } of labels) {
      const button = h('button', { type: 'button', class: 'chip' }, label.name);
      button.addEventListener('click', () => on.label(label));
      row.append(h('li', {}, button));
    }
    const title = areSimilar ? 'Labels that begin alike:' : 'Labels that are here:';
    notice.push(h('p', { class: 'muted' }, title), row);
  }
  if (isFiltered(view)) {
    const clear = h('button', { type: 'button', class: 'solid' }, 'Clear all filters');
    clear.addEventListener('click', () => on.clear());
    notice.push(clear);
  }
  return notice;
}

export function errorNotice(message: string, retry: () => void): HTMLElement[] {
  const again = h('button', { type: 'button', class: 'solid' }, 'Try again');
  again.addEventListener('click', retry);
  return [h('h2', {}, 'That did not work'), h('p', {}, message), again];
}
