// The lines of an export (docs/export-format.md): one schema for what is written and what is read.
import { z } from 'zod';
import { failureCodes, type SkipCode, skipCodes } from '../errors.ts';
import { descriptionKey, formats } from '../record.ts';
import { isJpeg } from './jpeg.ts';

export const formatName = 'imagedex-collection';
/** Raised when a line changes in a way that an older imagedex would misread; further fields need no new version. */
export const formatVersion = 1;

const codes = [...Object.keys(skipCodes), ...Object.keys(failureCodes)];
const text = (most: number) => z.string().max(most);
const count = z.number().int().min(0);
/** What a file says of the future is taken as now, so that nothing here is older than it for ever. */
const timestamp = z.iso
  .datetime()
  .transform((at) => new Date(Math.min(Date.parse(at), Date.now())).toISOString());
/** As others gave it. */
const date = text(64).refine((one) => !Number.isNaN(Date.parse(one)), 'expected a date');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const address = text(8192);
const source = text(8192).regex(
  /^(folder|web|s3|list):./,
  'expected folder:, web:, s3: or list: and an address',
);
/** People click on it: nothing but what a page may link to. */
const link = text(8192).refine(
  (url) => URL.canParse(url) && ['http:', 'https:', 'file:', 's3:'].includes(new URL(url).protocol),
  'expected an address that begins with http:, https:, s3: or file:',
);
const webLink = text(8192).refine(
  (url) => URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol),
  'expected an address that begins with http: or https:',
);
const code = z.string().refine((one) => codes.includes(one), 'expected a code of docs/reference/codes.md');
const validators = z
  .object({
    etag: text(8192),
    lastModified: text(1024),
    sizeBytes: count,
    readAs: text(8192),
    contentHash: text(128),
  })
  .partial();
const words = text(100_000);
const context = z
  .object({
    alt: words,
    caption: words,
    heading: words,
    title: words,
    section: words,
    link: webLink,
    publishedAt: date,
    language: text(64),
    credit: words,
    licence: text(8192),
    isBackground: z.literal(true),
  })
  .partial();

export const headerSchema = z.object({
  type: z.literal('header'),
  format: z.literal(formatName),
  version: z.number().int().min(1),
  /** Of this export alone: what is imported remembers where it is from. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  collection: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  sources: z.array(source),
  exportedAt: timestamp,
  imagedex: text(64),
});

export const pageSchema = z.object({
  type: z.literal('page'),
  source,
  address,
  title: words.nullable(),
  validators,
  links: z.array(address),
  depth: count,
  state: z.enum(['expanded', 'skipped', 'failed']),
  code: code.nullable(),
  expandedAt: timestamp.nullable(),
});

export const appearanceSchema = z.object({
  /** The address of the page within the location's source; absent where the place itself says it. */
  page: address.optional(),
  pageUrl: link,
  context,
  /** Other files of it that the page names. */
  variants: z
    .array(z.object({ url: webLink, width: z.number().int().min(1).optional() }))
    .max(1000)
    .optional(),
  /** Why the page leaves it out. */
  skip: z.enum(Object.keys(skipCodes) as SkipCode[]).optional(),
  seenAt: timestamp,
});

const place = {
  source,
  address,
  url: link,
  host: text(1024),
  words: text(8192),
  foundAt: timestamp,
  fetchedAt: timestamp.nullable(),
  appearances: z.array(appearanceSchema),
};

/** A place where an image lies. */
export const imageLocationSchema = z.object({
  ...place,
  validators,
  descriptionKey: z.string().regex(/^[0-9a-f]{32}$/),
});

const description = z.object({
  key: z.string(),
  model: text(1024).min(1),
  format: z.enum(formats),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  sizeBytes: count,
  exif: z
    .object({
      takenAt: date,
      camera: text(1024),
      position: z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }),
    })
    .partial(),
  scores: z.array(z.tuple([text(256).min(1), z.number().int().min(0).max(65_535)])).max(64),
  embedding: z.base64().nullable(),
  perceptualHash: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits')
    .optional(),
  meanColour: z
    .string()
    .regex(/^[0-9a-f]{6}$/, 'expected 6 hexadecimal digits')
    .optional(),
  describedAt: timestamp,
});

const maxThumbnailPixels = 2048;
/** Thumbnails are small; what a browser is told to be a JPEG must be one. Empty: dropped by retention. */
const thumbnail = z
  .base64()
  .max(1024 ** 2)
  .refine(
    (base64) => base64 === '' || isJpeg(Buffer.from(base64, 'base64'), maxThumbnailPixels),
    `expected a JPEG of at most ${maxThumbnailPixels} pixels each way, in base64`,
  );

export const imageSchema = z
  .object({
    type: z.literal('image'),
    sha256,
    description,
    /** The first of them; further ones follow in lines of their own. */
    locations: z.array(imageLocationSchema).min(1),
    thumbnail: thumbnail.optional(),
  })
  .refine(
    ({ sha256: content, description: { key, model } }) =>
      key === descriptionKey(content, model, 'original') ||
      key === descriptionKey(content, model, 'rendition'),
    { path: ['description', 'key'], error: 'does not belong to this sha256 and model' },
  );

/** A further location of an image that has been told of; or, without sha256, one that has no image. */
export const locationSchema = z.union([
  z.object({ ...imageLocationSchema.shape, type: z.literal('location'), sha256 }),
  z.object({
    ...place,
    type: z.literal('location'),
    sha256: z.undefined().optional(),
    state: z.enum(['found', 'skipped', 'failed', 'gone', 'unlinked']),
    code: code.nullable(),
  }),
]);

/** Further appearances of a location that has been told of. */
export const appearancesSchema = z.object({
  type: z.literal('appearances'),
  source,
  address,
  appearances: z.array(appearanceSchema),
});

export const footerSchema = z.object({
  type: z.literal('footer'),
  /** All lines, this one too. */
  lines: count,
  pages: count,
  images: count,
  locations: count,
  appearances: count,
});

export type HeaderLine = z.infer<typeof headerSchema>;
export type PageLine = z.infer<typeof pageSchema>;
export type AppearanceLine = z.infer<typeof appearanceSchema>;
export type ImageLocation = z.infer<typeof imageLocationSchema>;
export type ImageLine = z.infer<typeof imageSchema>;
export type LocationLine = z.infer<typeof locationSchema>;
export type AppearancesLine = z.infer<typeof appearancesSchema>;
export type FooterLine = z.infer<typeof footerSchema>;
