// The pictures that a page's elements show, each with all the files that it may be shown by.
import { candidateOf, type Draft, type Find, isImageLink, isTemplate } from './finds.ts';
import { type LazyFiles, lazyFiles } from './lazy.ts';
import { marksOf } from './marks.ts';
import { type Candidate, isForPlainScreens, srcsetCandidates } from './srcset.ts';
import { words } from './words.ts';

type Attributes = Readonly<Record<string, string>>;

/** What a picture element says before its img: files to choose from, files that are not chosen, files that come later. */
interface Picture {
  readonly plain: Candidate[];
  readonly others: Candidate[];
  readonly lazy: Candidate[];
  img: Attributes | undefined;
}

const describedTypes = /^image\/(jpe?g|pjpeg|png|x-png|webp|gif|avif|tiff)\s*(;|$)/i;
/** Made for paper or for the night. */
const otherMedia = /\bprint\b|prefers-color-scheme\s*:\s*dark/i;

export class Pictures {
  readonly #show: (find: Find) => void;
  readonly #around: () => Draft;
  #picture: Picture | undefined;

  constructor(around: () => Draft, show: (find: Find) => void) {
    this.#around = around;
    this.#show = show;
  }

  openPicture(): void {
    this.closePicture();
    this.#picture = { plain: [], others: [], lazy: [], img: undefined };
  }

  openSource(attributes: Attributes): void {
    if (this.#picture === undefined) return;
    const { srcset = '', type, media = '' } = attributes;
    const isChosen =
      (type === undefined || describedTypes.test(type.trim())) && !otherMedia.test(media.slice(0, 500));
    const { plain, lazy, others } = this.#picture;
    if (plain.length + lazy.length + others.length > 500) return;
    (isChosen ? plain : others).push(...srcsetCandidates(srcset));
    (isChosen ? lazy : others).push(...lazyFiles(attributes).candidates);
  }

  image(attributes: Attributes): void {
    if (this.#picture !== undefined && this.#picture.img === undefined) this.#picture.img = attributes;
    else this.#add(attributes, undefined);
  }

  closePicture(): void {
    const picture = this.#picture;
    this.#picture = undefined;
    if (picture !== undefined) this.#add(picture.img ?? {}, picture);
  }

  /** An element that has one address: a video's poster, a drawing's image, an object. */
  single(address: string | undefined, attributes: Attributes): void {
    if (address === undefined || address.trim() === '') return;
    this.#add({ ...attributes, src: address, srcset: '' }, undefined);
  }

  object({ data, src, type = '', ...attributes }: Attributes): void {
    const address = data ?? src ?? attributes['data-src'];
    if (address === undefined) return;
    if (/^\s*image\//i.test(type) || isImageLink(address)) this.single(address, attributes);
  }

  #add(attributes: Attributes, picture: Picture | undefined): void {
    const { src = '', srcset = '' } = attributes;
    const sets = srcsetCandidates(srcset);
    const plain = src.trim() === '' || isTemplate(src) ? [] : [candidateOf(src)];
    const lazy = lazyFiles(attributes);
    const files = choose(plain, sets, lazy, picture);
    if (files.candidates.length + files.others.length === 0) return;
    const alt = words('alt', attributes['alt']) ?? words('alt', attributes['title']);
    const draft = { ...this.#around(), alt };
    this.#show({ ...files, draft, marks: marksOf(attributes), way: 'shown' });
  }
}

/** Of equals the img's own file is the first: every browser can show it. */
function choose(
  src: readonly Candidate[],
  sets: readonly Candidate[],
  lazy: LazyFiles,
  picture: Picture | undefined,
): Pick<Find, 'candidates' | 'others' | 'placeholder'> {
  const [first] = src;
  const others = [...lazy.others, ...(picture?.others ?? [])];
  const later = [...lazy.candidates, ...(picture?.lazy ?? [])];
  const isForPlain = isForPlainScreens(sets);
  const now = [...(isForPlain ? [] : src), ...sets, ...(picture?.plain ?? [])];
  const rest = isForPlain ? [...src, ...others] : others;
  if (later.length === 0) return { candidates: now, others: rest };
  // What a script will show is the picture; what is there until then may stand for any.
  const files = [...sets, ...(picture?.plain ?? []), ...others];
  return { candidates: later, others: files, placeholder: first?.url };
}
