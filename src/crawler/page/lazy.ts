// Addresses that a page keeps in other attributes until its pictures come into view.
import { candidateOf, type Find, isImageLink, isTemplate } from './finds.ts';
import { type Candidate, isForPlainScreens, srcsetCandidates } from './srcset.ts';

type Attributes = Readonly<Record<string, string>>;

const lazySources = [
  'data-src',
  'data-lazy',
  'data-lazy-src',
  'data-lazysrc',
  'data-lazyload',
  'data-lazy-original',
  'data-original',
  'data-original-src',
  'data-echo',
  'data-ll-src',
  'data-flickity-lazyload',
  'data-flickity-lazyload-src',
  'data-cfsrc',
  'data-pagespeed-lazy-src',
  'data-actualsrc',
  'data-defer-src',
  'data-delayed-url',
  'data-img-src',
  'data-image-src',
  'data-hi-res-src',
  'data-srclazy',
  'data-owl-src',
  'data-splide-lazy',
  'lazy-src',
  'lazysrc',
];
const lazySets = [
  'data-srcset',
  'data-lazy-srcset',
  'data-lazysrcset',
  'data-original-set',
  'data-ll-srcset',
  'data-flickity-lazyload-srcset',
  'data-splide-lazy-srcset',
  'data-cfsrcset',
  'lazy-srcset',
];
const backgrounds = [
  'data-bg',
  'data-bg-hidpi',
  'data-bg-multi',
  'data-bg-multi-hidpi',
  'data-bg-image',
  'data-bg-src',
  'data-bg-url',
  'data-background',
  'data-background-image',
  'data-background-src',
  'data-lazy-bg',
  'data-lazy-background',
  'data-ll-background',
  'data-src-background',
  'data-parallax-image',
];
const backgroundSets = ['data-bgset', 'data-bg-set'];
const kinds = new Map<string, 'source' | 'set' | 'background' | 'backgroundSet'>([
  ...lazySources.map((name) => [name, 'source'] as const),
  ...lazySets.map((name) => [name, 'set'] as const),
  ...backgrounds.map((name) => [name, 'background'] as const),
  ...backgroundSets.map((name) => [name, 'backgroundSet'] as const),
]);

const maxValueLength = 20_000;
const maxFiles = 200;

export interface LazyFiles {
  /** Files that a script would show it by. */
  readonly candidates: readonly Candidate[];
  /** Files of it for other uses, such as a shop's enlargement. */
  readonly others: readonly Candidate[];
}

const isAddress = (value: string): boolean =>
  value.trim() !== '' && value.length < 4096 && !/^\s*[#[{]/.test(value) && !isTemplate(value);

/** Those of a picture's element. */
export function lazyFiles(attributes: Attributes): LazyFiles {
  const [plain, sets, others]: [Candidate[], Candidate[], Candidate[]] = [[], [], []];
  for (const name in attributes) {
    if (!name.startsWith('data-') && !name.startsWith('lazy')) continue;
    if (plain.length + sets.length + others.length > maxFiles) break;
    const value = attributes[name] as string;
    const kind = kinds.get(name);
    if (kind === 'set') sets.push(...srcsetCandidates(value));
    else if (!isAddress(value)) continue;
    // Some write a srcset where others write an address.
    else if (kind === 'source')
      plain.push(
        ...(/\s\d+(\.\d+)?[wx]\s*(,|$)/.test(value) ? srcsetCandidates(value) : [candidateOf(value)]),
      );
    else if (kind === undefined && isImageLink(value)) others.push(candidateOf(value));
  }
  if (!isForPlainScreens(sets)) return { candidates: [...plain, ...sets], others };
  return { candidates: sets, others: [...plain, ...others] };
}

/** Of an element that is no picture: the one that it would show. */
export function lazyPicture(attributes: Attributes): Pick<Find, 'candidates' | 'others'> | undefined {
  const { candidates } = lazyFiles(attributes);
  const images = candidates.filter(({ url }) => isImageLink(url));
  return images.length === 0 ? undefined : { candidates: images, others: [] };
}

/** What an element would be painted with: the values of its attributes, and whether they are written like a srcset. */
export function lazyBackgrounds(
  attributes: Attributes,
): { readonly value: string; readonly isSet: boolean; readonly isDense: boolean }[] {
  const found = [];
  for (const name in attributes) {
    if (!name.startsWith('data-')) continue;
    const kind = kinds.get(name);
    if (kind !== 'background' && kind !== 'backgroundSet') continue;
    if ((attributes[name] as string).length > maxValueLength) continue;
    found.push({
      value: attributes[name] as string,
      isSet: kind === 'backgroundSet',
      isDense: name.endsWith('hidpi'),
    });
  }
  return found;
}
