// Which locations are not fetched because of what pages say of them: one page that shows it otherwise is enough for it.
import type { SkipCode } from '../errors.ts';
import type { LocationRecord } from '../ledger.ts';
import type { ImageSighting } from './source.ts';

const pageSkipCodes = ['embedded', 'tracking_pixel', 'too_small', 'decoration'] as const satisfies SkipCode[];

/** Nothing that an earlier crawl has taken is thrown out because a page shows it small. */
export const isLeftOut = ({ skip }: ImageSighting, known: LocationRecord | undefined): boolean =>
  skip !== undefined && known?.state !== 'indexed' && known?.state !== 'described';

/** Nobody has asked for it: only pages have said that it is to be left out. */
export const isSkippedByPages = ({ outcome, code, fetchedAt }: LocationRecord): boolean =>
  outcome === 'skipped' && fetchedAt === null && pageSkipCodes.some((one) => one === code);

/** A location as pages leave it out. */
export const leftOut = (skip: NonNullable<ImageSighting['skip']>) =>
  ({
    state: 'skipped',
    imageId: null,
    sha256: null,
    descriptionKey: null,
    validators: {},
    fetchedAt: null,
    outcome: 'skipped',
    code: skip.code,
  }) as const satisfies Partial<LocationRecord>;
