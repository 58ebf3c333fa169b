// Figures and articles: what they say at any place is said of each image within.
import type { Timestamp } from '../../record.ts';
import { readDate } from '../read-date.ts';
import type { Draft } from './finds.ts';
import { Words } from './words.ts';

interface Figure {
  readonly drafts: Draft[];
  readonly caption: Words;
  hasCaption: boolean;
  licence: string | undefined;
}

interface Article {
  readonly drafts: Draft[];
  publishedAt: Timestamp | undefined;
}

export class Frames {
  readonly #figures: Figure[] = [];
  readonly #articles: Article[] = [];
  #inCaption = 0;

  openFigure(): void {
    this.#figures.push({ drafts: [], caption: new Words('caption'), hasCaption: false, licence: undefined });
  }

  openCaption(): void {
    const figure = this.#figures.at(-1);
    if (figure === undefined) return;
    figure.hasCaption = true;
    this.#inCaption++;
  }

  closeCaption(): void {
    if (this.#inCaption > 0) this.#inCaption--;
  }

  text(text: string): void {
    if (this.#inCaption > 0) this.#figures.at(-1)?.caption.add(text);
  }

  /** False where no figure is open that it could be of. */
  licence(licence: string): boolean {
    const figure = this.#figures.at(-1);
    if (figure === undefined) return false;
    figure.licence ??= licence;
    return true;
  }

  add(draft: Draft): void {
    this.#figures.at(-1)?.drafts.push(draft);
    this.#articles.at(-1)?.drafts.push(draft);
  }

  closeFigure(): void {
    const figure = this.#figures.pop();
    if (figure === undefined) return;
    this.#inCaption = 0;
    const caption = figure.hasCaption ? figure.caption.text() : undefined;
    for (const draft of figure.drafts) {
      if (caption !== undefined) draft.caption = caption;
      draft.licence ??= figure.licence;
    }
  }

  openArticle(): void {
    this.#articles.push({ drafts: [], publishedAt: undefined });
  }

  time(datetime: string | undefined): void {
    const article = this.#articles.at(-1);
    if (article !== undefined) article.publishedAt ??= readDate(datetime);
  }

  closeArticle(): void {
    const article = this.#articles.pop();
    if (article === undefined) return;
    for (const draft of article.drafts) draft.publishedAt ??= article.publishedAt;
  }

  end(): void {
    while (this.#figures.length > 0) this.closeFigure();
    while (this.#articles.length > 0) this.closeArticle();
  }
}
