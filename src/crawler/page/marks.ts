// What the markup says of a picture's size and purpose, and what is not fetched because of it.
import type { SkipCode } from '../../errors.ts';
import type { Marks } from './finds.ts';

type Attributes = Readonly<Record<string, string>>;

/** What is left out by choice. */
export interface PageRules {
  /** Pictures whose shorter side is less. */
  readonly minImagePixels: number;
  /** Logos and icons. */
  readonly skipDecoration: boolean;
}
export const noRules: PageRules = { minImagePixels: 1, skipDecoration: false };

export interface PageSkip {
  readonly code: SkipCode;
  readonly reason: string;
}

export function marksOf(attributes: Attributes): Marks {
  const { class: classes = '', id = '', style = '' } = attributes;
  return {
    width: pixels(attributes['width']) ?? styled(style, 'width'),
    height: pixels(attributes['height']) ?? styled(style, 'height'),
    names: `${classes.slice(0, 300)} ${id.slice(0, 100)}`,
  };
}

const pixels = (value: string | undefined): number | undefined => {
  const number = /^\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*$/.exec(value ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
};

function styled(style: string, side: 'width' | 'height'): number | undefined {
  if (style === '') return undefined;
  for (const declaration of style.slice(0, 2000).split(';')) {
    const colon = declaration.indexOf(':');
    if (declaration.slice(0, colon).trim().toLowerCase() === side)
      return pixels(declaration.slice(colon + 1).replace(/!important/i, ''));
  }
  return undefined;
}

/** Counts visits: nobody sees it. */
export const isTrackingPixel = ({ width, height }: Marks): boolean =>
  width !== undefined && height !== undefined && width <= 1 && height <= 1;

const decorations =
  /^(logos?|icons?|favicons?|sprites?|avatars?|gravatars?|emojis?|smileys?|smilies|spacers?|spinners?|badges?)$/;

/** By its classes, its id, the name of its file or of the folder where that lies. */
export function isDecoration({ isDecoration: isSaid, names = '' }: Marks, url: string): boolean {
  if (isSaid === true) return true;
  const path = new URL(url).pathname.slice(-300).split('/').slice(-2).join(' ');
  return `${names} ${path}`
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => decorations.test(word));
}

/** Why a picture is not fetched, where the page says enough to know. `widest`: of its files, as far as the page says. */
export function skipOf(
  marks: Marks,
  url: string,
  widest: number | null,
  { minImagePixels, skipDecoration }: PageRules,
): PageSkip | undefined {
  if (isTrackingPixel(marks)) return { code: 'tracking_pixel', reason: `${url} is shown as one pixel` };
  const { width, height } = marks;
  const shorter = Math.min(width ?? Number.POSITIVE_INFINITY, height ?? Number.POSITIVE_INFINITY);
  if (shorter < minImagePixels && (widest ?? 0) < minImagePixels) {
    const reason = `${url} is shown with ${shorter} pixels on its shorter side, minImagePixels is ${minImagePixels}`;
    return { code: 'too_small', reason };
  }
  if (skipDecoration && isDecoration(marks, url))
    return { code: 'decoration', reason: `${url} is a logo or an icon by its name` };
  return undefined;
}
