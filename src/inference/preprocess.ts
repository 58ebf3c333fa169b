// A picture's bytes → the pixels that a model sees, a thumbnail, and what the file says about itself. One decode.
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { type Failure, failure, messageOf } from '../errors.ts';
import type { Exif } from '../record.ts';
import { exifOf } from './exif.ts';
import { heldSize, type Plan, planOf, type Size, smallReason } from './geometry.ts';
import type { ModelInput } from './model.ts';
import { type Looks, looksOf } from './perceptual-hash.ts';
import { type Pixels, resample } from './resample.ts';

export interface Prepared {
  readonly outcome: 'prepared';
  /** Pixels after turning upright. */
  readonly size: Size;
  readonly exif: Exif;
  /** size × size × 3, RGB, as decoded: normalising is done when the window is full. */
  readonly pixels: Uint8Array;
  readonly thumbnail: Uint8Array;
  readonly looks: Looks;
}

export type Preparation =
  | Prepared
  | {
      readonly outcome: 'skipped';
      readonly code: 'too_many_pixels' | 'too_small' | 'unsupported_format';
      readonly reason: string;
    }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export interface PrepareOptions {
  readonly maxPixels: number;
  readonly keepPositions: boolean;
  readonly describeTimeoutMs: number;
}

/** `leastPixels`: on the shorter side, what a picture with fewer is skipped for. */
export type Prepare = (content: Uint8Array, leastPixels?: number) => Promise<Preparation>;

const thumbnailSide = 360;

/** Runs one after the other what is given to it at the same time. */
function openTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // Without its value: else the last picture would stay in memory until the next.
    last = turn.then(
      () => {},
      () => {},
    );
    return turn;
  };
}

/** Loads the decoder, once a process. */
export async function openPrepare(input: ModelInput, options: PrepareOptions): Promise<Prepare> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  // Formats that carry programs or outside references; none of them is described.
  sharp.block({
    operation: [
      'VipsForeignLoadSvg',
      'VipsForeignLoadPdf',
      'VipsForeignLoadMagick',
      'VipsForeignLoadMagick7',
    ],
  });
  const seconds = Math.ceil(options.describeTimeoutMs / 1000);
  const reading = {
    // Cut-off pictures fail; slightly odd but complete ones (wrong checksums of metadata, stray bytes) pass.
    failOn: 'error',
    pages: 1,
    ignoreIcc: true,
    autoOrient: true,
    limitInputPixels: options.maxPixels,
  } as const satisfies SharpOptions;
  const fromRaw = ({ data, size }: Pixels): Sharp => sharp(data, { raw: { ...size, channels: 3 } });

  // A progressive JPEG or an interlaced PNG of 50 megapixels takes 150 MB and more to decode.
  const oneByOne = openTurns();

  const decode = async (content: Uint8Array, picture: Size, isPlain: boolean): Promise<Pixels> => {
    const held = heldSize(picture, input);
    const whole = sharp(content, reading).timeout({ seconds });
    const fitted =
      held === picture ? whole : whole.resize(held.width, held.height, { fit: 'fill', kernel: 'linear' });
    const opaque = isPlain ? fitted : fitted.flatten({ background: '#fff' }).toColourspace('srgb');
    const { data, info } = await opaque.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 3) throw new Error(`expected three channels after decoding, came ${channels}`);
    return { data, size: { width, height } };
  };

  const shrink = async (raw: Pixels): Promise<Pixels> => {
    const { data, info } = await fromRaw(raw)
      .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, size: { width: info.width, height: info.height } };
  };
  // A second pass over the coefficients saves a twentieth of the bytes and costs a third more time.
  const encode = (small: Pixels): Promise<Buffer> =>
    fromRaw(small).jpeg({ quality: 80, optimiseCoding: false }).toBuffer();

  /** As `resample` does, to one grey level in nearly all pixels, and in less than half of its time. */
  const shrinkALittle = ({ before, size, after }: Plan, raw: Pixels): Promise<Buffer> =>
    fromRaw(raw)
      .extract(before)
      .resize(size.width, size.height, { fit: 'fill', kernel: input.kernel })
      .extract(after)
      .raw()
      .toBuffer();

  const prepare = async (content: Uint8Array, leastPixels: number): Promise<Preparation> => {
    const metadata = await sharp(content, { ...reading, limitInputPixels: false }).metadata();
    const size = uprightSize(metadata);
    const skip = reasonToSkip(metadata, size, options.maxPixels, leastPixels);
    if (skip !== null) return skip;
    const raw =
      heldSize(size, input) === size
        ? await decode(content, size, isPlain(metadata))
        : await oneByOne(() => decode(content, size, isPlain(metadata)));
    const shrinking = shrink(raw);
    // What goes wrong meanwhile is told when it is waited for.
    shrinking.catch(() => {});
    const plan = planOf(raw.size, input);
    const pixels = isModest(plan) ? await shrinkALittle(plan, raw) : resample(raw, plan, input.kernel);
    const small = await shrinking;
    const encoding = encode(small);
    const looks = looksOf(small);
    const thumbnail = await encoding;
    const exif = exifOf(metadata.exif, options.keepPositions);
    return { outcome: 'prepared', size, exif, pixels, thumbnail, looks };
  };

  return (content, leastPixels = 1) =>
    prepare(content, leastPixels)
      .catch((error: unknown) => {
        if (saysNothing(error)) return prepare(content, leastPixels);
        throw error;
      })
      .catch(refusal);
}

/** Three channels of 8 bits already: nothing is to be converted. */
const isPlain = ({ space, channels, depth, hasAlpha }: Metadata): boolean =>
  space === 'srgb' && channels === 3 && depth === 'uchar' && !hasAlpha;

/** Shrinking so little, libvips agrees with PIL; beyond, it averages blocks first, and enlarged pixels it places elsewhere. */
function isModest({ before, size }: Plan): boolean {
  const factors = [before.width / size.width, before.height / size.height];
  return factors.every((factor) => factor > 1 && factor < 4);
}

/** libvips keeps its messages in one place for all threads: another's decoding may have taken ours away. */
const saysNothing = (error: unknown): boolean => /^(unknown error)?$/i.test(messageOf(error).trim());

const uprightSize = ({ width, height, pageHeight, orientation = 1 }: Metadata): Size =>
  orientation >= 5 ? { width: pageHeight ?? height, height: width } : { width, height: pageHeight ?? height };

function reasonToSkip(
  metadata: Metadata,
  { width, height }: Size,
  maxPixels: number,
  leastPixels: number,
): Preparation | null {
  if (metadata.format === 'heif' && metadata.compression !== 'av1') {
    return {
      outcome: 'skipped',
      code: 'unsupported_format',
      reason: `expected AVIF (av1), came ${metadata.compression}`,
    };
  }
  if (Math.min(width, height) < leastPixels) {
    return {
      outcome: 'skipped',
      code: 'too_small',
      reason: smallReason(leastPixels, { width, height }),
    };
  }
  if (width * height <= maxPixels) return null;
  return {
    outcome: 'skipped',
    code: 'too_many_pixels',
    reason: `expected at most ${maxPixels} pixels, came ${width} × ${height}`,
  };
}

function refusal(error: unknown): Preparation {
  const message = saysNothing(error) ? 'the decoder gave no reason' : messageOf(error).split('\n')[0]!;
  const code = /timeout|timed out/i.test(message) ? 'describe_timed_out' : 'undecodable';
  return { outcome: 'failed', failure: failure('describe', code, message) };
}
