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

export type DescribeOutcome =
  | { readonly outcome: 'described'; readonly image: DescribedImage }
  | Exclude<Described, { outcome: 'described' }>;

export interface DescribeStage {
  describe(image: FetchedImage): Promise<DescribeOutcome>;
}

/** `keepThumbnail` is done before the description is written: a description in the ledger has its thumbnail. */
export function openDescribeStage(
  ledger: Ledger,
  describers: Describers,
  keepThumbnail: (sha256: string, jpeg: Uint8Array) => Promise<void>,
): DescribeStage {
  const underWay = new Map<string, Promise<Described>>();

  const describeNew = async (key: string, { sha256, format, content }: FetchedImage): Promise<Described> => {
    const described = await describers.describe({ sha256, format, content });
    if (described.outcome === 'described') {
      await keepThumbnail(sha256, described.thumbnail);
      await amend(ledger, [
        amendment('description', key, (old) => (old ? undefined : described.description)),
      ]);
    }
    return described;
  };

  const widen = ({ content: _, ...image }: FetchedImage, description: Description, inferred: boolean) => ({
    outcome: 'described' as const,
    image: { ...image, imageId: imageId(image.collection, image.sha256), description, inferred },
  });

  return {
    async describe(image) {
      const key = descriptionKey(image.sha256, describers.model.key, 'original');
      const other = underWay.get(key);
      if (other !== undefined) {
        const described = await other;
        return described.outcome === 'described' ? widen(image, described.description, false) : described;
      }
      const [known] = await ledger.get('description', [key]);
      if (known !== undefined) return widen(image, known.record, false);
      // Asked again: another may have begun while the ledger answered.
      const begun = underWay.get(key);
      const work = begun ?? describeNew(key, image).finally(() => underWay.delete(key));
      underWay.set(key, work);
      const described = await work;
      return described.outcome === 'described'
        ? widen(image, described.description, begun === undefined)
        : described;
    },
  };
}
