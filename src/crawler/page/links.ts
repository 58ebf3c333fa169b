// Where a page leads: to other pages, and to pictures of which it shows a thumbnail.
import { candidateOf, type Draft, type Find, isImageLink, isTemplate, type PageFinds } from './finds.ts';
import { lazyPicture } from './lazy.ts';
import { isTrackingPixel } from './marks.ts';
import { Words, words } from './words.ts';

type Attributes = Readonly<Record<string, string>>;

interface Anchor {
  readonly href: string;
  /** Of a gallery that shows it large by a script. */
  readonly lazy: Pick<Find, 'candidates' | 'others'> | undefined;
  readonly isFollowed: boolean;
  readonly title: string | undefined;
  readonly text: Words;
  readonly shown: Find[];
  readonly at: Draft;
}

const isFollowed = (rel = ''): boolean => !/(^|\s)nofollow(\s|$)/i.test(rel);

export class Links {
  readonly #finds: PageFinds;
  #anchor: Anchor | undefined;

  constructor(finds: PageFinds) {
    this.#finds = finds;
  }

  /** The link that is open, as written. */
  href(): string | undefined {
    return this.#anchor?.href;
  }

  text(text: string): void {
    this.#anchor?.text.add(text);
  }

  /** A picture is shown, within the link where one is open. */
  shows(find: Find): void {
    if (this.#anchor !== undefined && this.#anchor.shown.length < 20) this.#anchor.shown.push(find);
  }

  open(attributes: Attributes, around: Draft, add: (find: Find) => void): void {
    // A link in a link ends the first.
    this.close(add);
    const { href = '', rel, title } = attributes;
    this.#anchor = {
      href,
      lazy: lazyPicture(attributes),
      isFollowed: isFollowed(rel),
      title: words('caption', title),
      text: new Words('caption'),
      shown: [],
      at: { ...around, link: href },
    };
  }

  close(add: (find: Find) => void): void {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    if (anchor === undefined) return;
    const isImage = isImageLink(anchor.href) && !isTemplate(anchor.href);
    if (!isImage && anchor.isFollowed) this.#finds.link(anchor.href);
    const full = isImage ? { candidates: [candidateOf(anchor.href)], others: [] } : anchor.lazy;
    if (full !== undefined) this.#full(anchor, full, add);
  }

  page({ href, rel }: Attributes): void {
    if (isFollowed(rel)) this.#finds.link(href);
  }

  /** A picture that a link leads to: what the link shows is a smaller file of it, if that is one picture. */
  #full(
    { shown, text, title, at }: Anchor,
    { candidates, others }: Pick<Find, 'candidates' | 'others'>,
    add: (find: Find) => void,
  ): void {
    // The same picture again for browsers without scripts.
    const pictures = shown.filter(
      (one, index) => !shown.slice(0, index).some((other) => sharesFile(one, other)),
    );
    const [thumbnail] = pictures;
    const caption = text.text() ?? title;
    if (thumbnail === undefined || pictures.length > 1 || isTrackingPixel(thumbnail.marks)) {
      const draft = { ...at, alt: thumbnail?.draft.alt, caption };
      add({ candidates, others, draft, marks: {}, way: 'linked' });
      return;
    }
    for (const find of shown) this.#finds.withdraw(find);
    // Its draft, for the figure around it may yet give it a caption.
    const { draft } = thumbnail;
    draft.caption ??= caption;
    add({ candidates, others, thumbnail, draft, marks: {}, way: 'shown' });
  }
}

const sharesFile = (one: Find, other: Find): boolean =>
  one.candidates.slice(0, 5).some(({ url }) => other.candidates.slice(0, 5).some((file) => file.url === url));
