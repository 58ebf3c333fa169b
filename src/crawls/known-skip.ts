// What is known of a location whose bytes were left out: while they and the rules are the same, nobody loads them again.
import { type SkipCode, skipCodes } from '../errors.ts';
import type { LocationRecord } from '../ledger.ts';
import type { SourceId } from '../record.ts';
import type { Run } from './way.ts';

/** Raised when bytes that are left out would be taken: when more formats are described. */
const version = 1;

/** Codes of bytes that were looked at, and the setting that decides, where one does. */
const settingOf: Partial<Record<SkipCode, string | null>> = {
  unsupported_format: null,
  not_an_image: null,
  too_small: 'minImagePixels',
  too_many_bytes: 'maxImageBytes',
  decompressed_too_large: 'maxImageBytes',
  too_many_pixels: 'maxPixels',
};

/** Why, and by which rules, a location of the source is left out; undefined where that is to be asked in every crawl. */
export function skippedAs({ parts, crawl }: Run, source: SourceId, code: SkipCode): string | undefined {
  const setting = settingOf[code];
  if (setting === undefined) return undefined;
  if (setting === null) return `${code} ${version}`;
  const inForce: Readonly<Record<string, unknown>> = {
    ...crawl.record.sourceSettings?.[source],
    maxPixels: parts.settings.maxPixels,
  };
  return `${code} ${version} ${inForce[setting]}`;
}

/** Why a location is left out as long as its bytes are the same. */
export function knownSkip(
  run: Run,
  { state, source, validators: { readAs } }: LocationRecord,
): SkipCode | undefined {
  if (state !== 'skipped' || readAs === undefined || run.crawl.record.fresh) return undefined;
  const code = readAs.split(' ')[0] as SkipCode;
  return code in skipCodes && skippedAs(run, source, code) === readAs ? code : undefined;
}
