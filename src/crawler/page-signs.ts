// Signs that a page's pictures are made by scripts, gathered while it is parsed. What follows from them is
// `reasonToRender`: a page that has what it shows in its HTML never needs a browser.

type Attributes = Readonly<Record<string, string>>;

export interface PageSigns {
  /** Characters that people read, without the blanks around them. */
  readonly textChars: number;
  /** Scripts that run: files, and characters of those written into the page. */
  readonly scripts: number;
  readonly scriptChars: number;
  /** Pictures with an address to ask for, and those that only a script can give one. */
  readonly images: number;
  readonly imagesWithoutAddress: number;
  /** Places where a framework puts what it makes, with nothing in them. */
  readonly emptyMounts: number;
  /** Elements of the page's own kind, with nothing in them. */
  readonly emptyCustomElements: number;
  /** Elements named for pictures or lists, with nothing in them. */
  readonly emptyContainers: number;
  /** What a list is repeated by: `v-for`, `x-for`, `ng-repeat`. */
  readonly templateAttributes: number;
  /** More is fetched when people come to its end. */
  readonly endlessMarks: number;
  /** Something says that it is still to come. */
  readonly waitMarks: number;
  /** Addresses of pictures in data for scripts. */
  readonly scriptedImages: number;
  readonly asksForScripts: boolean;
}

const mounts =
  /^(root|app|__next|__nuxt|___gatsby|react-root|main-app|app-root|svelte|ember-app|q-app|vue-app|mount)$/i;
const containers =
  /(^|[-_\s])(gallery|galerie|photos?|pictures?|images?|grid|feed|masonry|albums?|portfolio|results|thumbs|thumbnails|wall)($|[-_\s])/i;
const endless = /(^|[-_\s])(infinite|infinite-?scroll|endless|sentinel|load-?more|lazy-?feed)($|[-_\s])/i;
const waits = /(^|[-_\s])(spinner|skeleton|loader|loading|preloader)($|[-_\s])/i;
const listing =
  /^(v-for|:for|x-for|data-x-for|ng-repeat|data-ng-repeat|\*ngfor|data-bind|wire:init|hx-get)$/i;
const bound = /^(:src|v-bind:src|\[src\]|ng-src|data-ng-src|x-bind:src|data-bind)$/i;
const wish =
  /(enable|activate|requires?|needs?|turn on|without|aktivier|benötigt|activer|activez|activar|habilita)[^.]{0,40}java\s?script|java\s?script[^.]{0,40}(required|enabled?|disabled|aktivier|benötigt|needed|turned o)/i;
const imageName = /\.(?:jpe?g|png|webp|avif)\b/gi;
const notCustom = /^(annotation-xml|color-profile|font-face|font-face-.*|missing-glyph|amp-.*)$/;
/** Attributes that nearly every element has, and that say nothing here. */
const ordinary = new Set(
  'href rel title type target alt width height role name value content property lang itemprop sizes'.split(
    ' ',
  ),
);
/** A template is no picture that is missing, a canvas no text. */
const unseen = ['script', 'style', 'noscript', 'template', 'svg', 'textarea', 'head', 'title'];
const maxScanned = 200_000;

/** An element that may turn out to be empty. */
interface Watched {
  readonly depth: number;
  readonly kind: 'emptyMounts' | 'emptyCustomElements' | 'emptyContainers';
  readonly textChars: number;
  readonly images: number;
  readonly elements: number;
}

type Counts = { -readonly [F in keyof PageSigns]: PageSigns[F] };

const maxWatched = 200;

export class SignReader {
  readonly #signs: Counts = { ...nothing };
  readonly #watched: Watched[] = [];
  #depth = 0;
  #elements = 0;
  #unseen = 0;
  #within: 'script' | 'data' | 'noscript' | undefined;
  #scanned = 0;
  #wish = '';

  open(name: string, attributes: Attributes): void {
    this.#depth++;
    this.#elements++;
    if (name === 'script') this.#script(attributes);
    else if (name === 'noscript') this.#within = 'noscript';
    if (unseen.includes(name)) this.#unseen++;
    // What a template or the fallback for browsers without scripts holds is not shown.
    if (this.#unseen > 0) return;
    this.#attributes(name === 'img' || name === 'image', attributes);
    this.#watch(name, attributes);
  }

  text(text: string): void {
    if (this.#within === 'script' || this.#within === 'data') this.#scan(text);
    else if (this.#within === 'noscript' && this.#wish.length < 500) this.#wish += text.slice(0, 500);
    if (this.#unseen === 0) this.#signs.textChars += text.trim().length;
  }

  close(name: string): void {
    while ((this.#watched.at(-1)?.depth ?? 0) >= this.#depth && this.#watched.length > 0) this.#settle();
    this.#depth--;
    if (unseen.includes(name) && this.#unseen > 0) this.#unseen--;
    if (name === 'script' || name === 'noscript') this.#within = undefined;
  }

  view(): PageSigns {
    while (this.#watched.length > 0) this.#settle();
    return { ...this.#signs, asksForScripts: wish.test(this.#wish.slice(0, 1000)) };
  }

  #script({ type = '', src }: Attributes): void {
    const kind = type.trim().toLowerCase();
    if (/^(|module|(text|application)\/(x-)?(java|ecma)script)$/.test(kind)) {
      this.#signs.scripts++;
      if (src === undefined) this.#within = 'script';
    } else if (/json$/.test(kind) && kind !== 'application/ld+json') this.#within = 'data';
  }

  #scan(text: string): void {
    if (this.#within === 'script') this.#signs.scriptChars += text.length;
    if (this.#scanned >= maxScanned) return;
    const piece = text.slice(0, maxScanned - this.#scanned);
    this.#scanned += piece.length;
    this.#signs.scriptedImages += piece.match(imageName)?.length ?? 0;
  }

  #attributes(isImage: boolean, attributes: Attributes): void {
    let hasAddress = false;
    for (const name in attributes) {
      if (!isImage && ordinary.has(name)) continue;
      const value = attributes[name] as string;
      if (name === 'id' || name === 'class') this.#names(value);
      else if (listing.test(name)) this.#signs.templateAttributes++;
      else if (name === 'aria-busy' && value === 'true') this.#signs.waitMarks++;
      else if (/^(data-)?infinite-scroll/.test(name)) this.#signs.endlessMarks++;
      else if (hasAddress) continue;
      else if (isImage ? isAddressAttribute(name) : isPaintAttribute(name)) {
        hasAddress = isImage ? isUsable(value) : imageAddress.test(value.slice(0, 2000));
      }
    }
    if (hasAddress) this.#signs.images++;
    else if (isImage) this.#signs.imagesWithoutAddress++;
  }

  #names(value: string): void {
    const names = value.slice(0, 500);
    if (endless.test(names)) this.#signs.endlessMarks++;
    if (waits.test(names)) this.#signs.waitMarks++;
  }

  #watch(name: string, { id = '', class: names = '', ...more }: Attributes): void {
    if (this.#watched.length >= maxWatched || name === 'html' || name === 'body') return;
    const kind =
      mounts.test(id) ||
      'data-reactroot' in more ||
      'ng-app' in more ||
      'data-v-app' in more ||
      name === 'app-root'
        ? 'emptyMounts'
        : name.includes('-') && !notCustom.test(name)
          ? 'emptyCustomElements'
          : /^(div|ul|ol|section|main|article)$/.test(name) &&
              containers.test(`${id.slice(0, 200)} ${names.slice(0, 500)}`)
            ? 'emptyContainers'
            : undefined;
    if (kind === undefined) return;
    const { textChars, images } = this.#signs;
    this.#watched.push({ depth: this.#depth, kind, textChars, images, elements: this.#elements });
  }

  #settle(): void {
    const one = this.#watched.pop() as Watched;
    const { textChars, images } = this.#signs;
    const isBare = images === one.images && textChars - one.textChars < maxBareChars[one.kind];
    // A framework's place may hold a spinner; a list with anything in it is no empty list.
    const isEmpty = isBare && (one.kind === 'emptyMounts' || this.#elements === one.elements);
    if (isEmpty) this.#signs[one.kind]++;
  }
}

const maxBareChars = { emptyMounts: 60, emptyCustomElements: 1, emptyContainers: 1 };

const nothing: PageSigns = {
  textChars: 0,
  scripts: 0,
  scriptChars: 0,
  images: 0,
  imagesWithoutAddress: 0,
  emptyMounts: 0,
  emptyCustomElements: 0,
  emptyContainers: 0,
  templateAttributes: 0,
  endlessMarks: 0,
  waitMarks: 0,
  scriptedImages: 0,
  asksForScripts: false,
};

const isAddressAttribute = (name: string): boolean =>
  (/^(src|srcset|href|xlink:href)$/.test(name) || name.startsWith('data-')) && !bound.test(name);

/** Backgrounds and posters: an element that is no picture may show one. */
const isPaintAttribute = (name: string): boolean =>
  name === 'style' || name === 'poster' || (name.startsWith('data-') && !bound.test(name));
const imageAddress = /\.(?:jpe?g|png|webp|gif|avif|svg)\b/i;

/** Something to ask a server for, and no placeholder written into the page. */
function isUsable(value: string): boolean {
  const address = value.trim().slice(0, 4096);
  if (address === '' || /^(data|blob|about|javascript):/i.test(address) || /\{\{|\$\{|<%/.test(address))
    return false;
  return (
    /^(https?:)?\/\//i.test(address) ||
    /\.(jpe?g|jpe|png|webp|gif|avif|svg|tiff?|bmp)\b/i.test(address) ||
    /^\.{0,2}\//.test(address)
  );
}

const fewChars = 250;

/** Why a browser has to open the page to see its pictures; undefined where its HTML says all. */
export function reasonToRender(signs: PageSigns): string | undefined {
  // Where no script runs nothing can come that is not there.
  if (signs.scripts === 0) return undefined;
  const { images, textChars } = signs;
  if (
    signs.imagesWithoutAddress > 0 &&
    signs.imagesWithoutAddress >= images &&
    signs.imagesWithoutAddress > 2
  )
    return 'most of its pictures have no address';
  if (signs.templateAttributes > 0) return 'its lists are repeated by a script';
  if (signs.endlessMarks > 0) return 'it goes on when people scroll to its end';
  if (signs.emptyMounts > 0 && images < 3) return 'the place of its contents is empty';
  if (signs.emptyContainers > 0 && images < 3) return 'a place for pictures is empty';
  if (signs.emptyCustomElements > 0 && images < 3) return 'an element of its own kind is empty';
  if (signs.asksForScripts && textChars < 4 * fewChars && images < 3) return 'it asks for scripts';
  if (signs.scriptedImages > 2 && signs.scriptedImages > 2 * images)
    return 'its pictures are data for a script';
  if (signs.waitMarks > 0 && images === 0) return 'it says that something is still to come';
  if (textChars < fewChars && images === 0) return 'it says next to nothing, and runs scripts';
  return undefined;
}
