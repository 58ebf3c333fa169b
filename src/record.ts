// The one record that flows through the house and grows by stage, and the ids that make every write an upsert.
import { hash as digest } from 'node:crypto';

/** An ISO 8601 date and time in UTC. */
export type Timestamp = string;

export const now = (): Timestamp => new Date().toISOString();

/** Formats that are described; everything else is skipped with a code. Told from the bytes, never from the name. */
export const formats = ['JPEG', 'PNG', 'WEBP', 'GIF', 'AVIF', 'TIFF'] as const;
export type Format = (typeof formats)[number];

/** A place to find images in: `folder:/abs/path`, `web:https://host/start`, `s3:bucket/prefix` or `list:https://host/list.json`;
 * the part before the colon names the driver. */
export type SourceId = string;

/** What is read from standard input comes only where somebody has typed it: no other crawl can begin with it. */
export const standardInput: SourceId = 'list:-';

/** What tells that the bytes at a location have not changed, as a server or a listing gave it. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly sizeBytes?: number;
  /** How a list or page was read: with another mapping, or by another version, it is read anew. */
  readonly readAs?: string;
  /** Of a page's body and what its headers say of it, for servers that give other validators to the same. */
  readonly contentHash?: string;
}

/** One place where an image file lies. */
export interface Location {
  readonly id: string;
  /** Unique within the source: the normalised URL, or the path relative to the source. */
  readonly address: string;
  /** What people can open: an http(s) or file URL. */
  readonly url: string;
  readonly host: string;
  /** What the address says, in words: people name files for what they show. */
  readonly words: string;
  /** Validators that the listing gave, where it gives any. */
  readonly listed?: Validators;
}

/** What a page says around an image. */
export interface PageContext {
  readonly alt?: string;
  readonly caption?: string;
  readonly heading?: string;
  readonly title?: string;
  readonly section?: string;
  readonly link?: string;
  /** When it was published, as the page or list says. */
  readonly publishedAt?: Timestamp;
  /** A BCP 47 tag, as the page says: `de`, `en-GB`. */
  readonly language?: string;
  /** Who made it or is to be named, as the page says. */
  readonly credit?: string;
  /** The address of its licence where the page gives one, else the licence's name. */
  readonly licence?: string;
  /** The page paints with it instead of showing it: its words count as the last tier. */
  readonly isBackground?: true;
}

/** Another file of the same picture, as a page says: in another size or format. Recorded, not fetched. */
export interface Variant {
  readonly url: string;
  /** Pixels, where the page says. */
  readonly width?: number;
}

/** Stage 1: a crawl has seen that there is an image at a location. */
export interface FoundImage {
  readonly collection: string;
  readonly crawlId: string;
  readonly source: SourceId;
  readonly location: Location;
  readonly foundAt: Timestamp;
}

/** Stage 2: its bytes are here. Only in memory, and only until they are described. */
export interface FetchedImage extends FoundImage {
  readonly sha256: string;
  readonly content: Uint8Array;
  readonly format: Format;
  readonly fetchedAt: Timestamp;
  readonly validators: Validators;
  /** What the place itself says of it. */
  readonly context?: PageContext;
}

/** A class probability of a model as it came: 16 bits, an integer of 65,535. */
export type Score = readonly [concept: string, score: number];

export interface Exif {
  readonly takenAt?: Timestamp;
  readonly camera?: string;
  /** Degrees; kept only where the configuration asks for positions. */
  readonly position?: { readonly latitude: number; readonly longitude: number };
}

/** What inference says of one content: the same for every location and collection that has it. */
export interface Description {
  /** sha256, model version, config digest and input, hashed: equal keys are described once. */
  readonly key: string;
  readonly sha256: string;
  readonly model: string;
  readonly format: Format;
  /** Pixels after turning upright. */
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
  readonly exif: Exif;
  /** Greatest first: at most 64, and after the first five none below 0.001. */
  readonly scores: readonly Score[];
  /** Float32 little endian in base64, or null where the model has no embedding output. */
  readonly embedding: string | null;
  /** 64 bits as 16 hexadecimal digits: alike for pictures that look alike. `flatHash` where there is too little on it to
   * tell. Absent in descriptions of version 0.3 and before. */
  readonly perceptualHash?: string;
  /** The mean of all pixels as 6 hexadecimal digits. There where the hash is. */
  readonly meanColour?: string;
  readonly describedAt: Timestamp;
  /** What a file says, not what was seen here: it stands for the image of this collection alone. Absent in one's own. */
  readonly importedInto?: string;
}

/** Of pictures that are too plain to be told apart by a hash: they are like no other. */
export const flatHash = '0'.repeat(16);

/** Stage 3: the bytes are gone, what they show stays. */
export interface DescribedImage extends Omit<FetchedImage, 'content'> {
  readonly imageId: string;
  readonly description: Description;
  /** False where the description was known already. */
  readonly inferred: boolean;
}

/** Stage 4: searches find it. @public */
export interface IndexedImage extends DescribedImage {
  readonly revision: number;
  readonly indexedAt: Timestamp;
}

/** A length before each part: ('ab', 'c') and ('a', 'bc') differ. */
const hash = (...parts: readonly string[]): string =>
  digest('sha256', parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')).slice(0, 32);

export const sha256Of = (content: Uint8Array): string => digest('sha256', content);
export const imageId = (collection: string, sha256: string): string => hash('image', collection, sha256);
export const locationId = (collection: string, source: SourceId, address: string): string =>
  hash('location', collection, source, address);
export const pageId = (collection: string, source: SourceId, address: string): string =>
  hash('page', collection, source, address);
export const appearanceId = (location: string, page: string): string => hash('appearance', location, page);
/** The watch of a source. */
export const watchId = (collection: string, source: SourceId): string => hash('watch', collection, source);
/** One of the bands of an image's perceptual hash. */
export const likenessId = (image: string, band: number): string => hash('likeness', image, String(band));
/** What the block list keeps of something that was taken down. */
export const blockId = (subject: 'content' | 'address' | 'site', value: string): string =>
  hash('block', subject, value);
/** `model` is a model's key (name, version, config digest); `input` says which pixels it saw. */
export const descriptionKey = (sha256: string, model: string, input: 'original' | 'rendition'): string =>
  hash('description', sha256, model, input);
/** Where an imported description lies: no crawl takes it for one that was made here. */
export const importedKey = (collection: string, key: string): string => hash('imported', collection, key);

/** Whoever may see the image may see such an address; others are of this machine, or of a bucket. */
export const isOnTheWeb = (address: string): boolean => /^https?:\/\//i.test(address);
