// Stage 3: a description for fetched bytes. Equal bytes are described once, at the same time and in later crawls.
import { amend, amendment, type Ledger } from '../ledger.ts';
import {
  type DescribedImage,
  type Description,
  descriptionKey,
  type FetchedImage,
  imageId,
} from '../record.ts';
import type { Described, Describers } from './describe.ts';
import { smallReason } from './geometry.ts';

export type DescribeOutcome =
  | { readonly outcome: 'described'; readonly image: DescribedImage }
  | Exclude<Described, { outcome: 'described' }>;

export interface DescribeStage {
  /** `leastPixels`: on the shorter side, what an image with fewer is skipped for. */
  describe(image: FetchedImage, leastPixels?: number): Promise<DescribeOutcome>;
  /** Makes again what has gone since: with the last image of a content in another collection goes what was said of it. */
  mend(image: FetchedImage): Promise<void>;
}

export interface Thumbnails {
  has(sha256: string): Promise<boolean>;
  put(sha256: string, jpeg: Uint8Array): Promise<void>;
}

/** A thumbnail is stored before its description is written; one that was lost since is made again with it. */
export function openDescribeStage(
  ledger: Ledger,
  describers: Describers,
  thumbnails: Thumbnails,
  /** For images whose description is another one now. */
  project: (imageId: string) => Promise<unknown>,
): DescribeStage {
  const underWay = new Map<string, Promise<Described>>();

  /** Takes the place of what files said of the same content, in whatever collection. */
  const remember = async (key: string, description: Description): Promise<void> => {
    const { sha256 } = description;
    const told = (await ledger.list('description', { sha256 }, { limit: 1000 })).flatMap(({ id, record }) =>
      record.importedInto === undefined ? [] : [{ id, image: imageId(record.importedInto, sha256) }],
    );
    await amend(ledger, [
      amendment('description', key, (old) => (old ? undefined : description)),
      ...told.flatMap(({ id, image }) => [
        amendment('image', image, (old) =>
          old?.descriptionKey === id
            ? { ...old, descriptionKey: key, revision: old.revision + 1 }
            : undefined,
        ),
        amendment('description', id, () => null),
      ]),
    ]);
    await Promise.all(told.map(({ image }) => project(image)));
  };

  const describeNew = async (
    key: string,
    { sha256, format, content }: FetchedImage,
    leastPixels = 1,
  ): Promise<Described> => {
    const described = await describers.describe({ sha256, format, content, leastPixels });
    if (described.outcome === 'described') {
      await thumbnails.put(sha256, described.thumbnail);
      await remember(key, described.description);
    }
    return described;
  };

  const widen = ({ content: _, ...image }: FetchedImage, description: Description, inferred: boolean) => ({
    outcome: 'described' as const,
    image: { ...image, imageId: imageId(image.collection, image.sha256), description, inferred },
  });

  const isWhole = async (key: string, sha256: string): Promise<boolean> =>
    (await ledger.get('description', [key])).length > 0 && (await thumbnails.has(sha256));

  return {
    async mend(image) {
      const key = descriptionKey(image.sha256, describers.model.key, 'original');
      if (!(await isWhole(key, image.sha256))) await describeNew(key, image);
    },
    async describe(image, leastPixels = 1) {
      const key = descriptionKey(image.sha256, describers.model.key, 'original');
      // Who asks for more pixels may be refused what another gets.
      const turn = `${key} ${leastPixels}`;
      const other = underWay.get(turn);
      if (other !== undefined) {
        const described = await other;
        return described.outcome === 'described' ? widen(image, described.description, false) : described;
      }
      const [known] = await ledger.get('description', [key]);
      if (known !== undefined && (await thumbnails.has(image.sha256)))
        return tooSmall(known.record, leastPixels) ?? widen(image, known.record, false);
      // Asked again: another may have begun while the ledger answered.
      const begun = underWay.get(turn);
      const work = begun ?? describeNew(key, image, leastPixels).finally(() => underWay.delete(turn));
      underWay.set(turn, work);
      const described = await work;
      return described.outcome === 'described'
        ? widen(image, described.description, begun === undefined)
        : described;
    },
  };
}

/** As a describer says it of one that it has not described yet. */
const tooSmall = ({ width, height }: Description, leastPixels: number): DescribeOutcome | undefined =>
  Math.min(width, height) >= leastPixels
    ? undefined
    : { outcome: 'skipped', code: 'too_small', reason: smallReason(leastPixels, { width, height }) };
