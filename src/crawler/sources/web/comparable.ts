// Whether a page, sitemap or feed is as it was: by its validators, or by its content where a server gives others to the same.
import { createHash } from 'node:crypto';
import type { PageRecord } from '../../../ledger.ts';
import type { Answer } from '../../../net/answer.ts';
import type { Validators } from '../../../record.ts';
import { validatorsOf } from '../../web-answers.ts';

/** Validators of before, where they were of something that was read as it is read now. */
export const comparable = (earlier: PageRecord | undefined, readAs: string): Validators =>
  earlier?.validators.readAs === readAs ? earlier.validators : {};

export const seenValidators = (answer: Answer, readAs: string): Validators => ({
  ...validatorsOf(answer),
  readAs,
  ...(answer.status === 200 && { contentHash: contentHash(answer) }),
});

export const isSameContent = (seen: Validators, before: Validators): boolean =>
  seen.contentHash !== undefined && seen.contentHash === before.contentHash;

/** What says how a body is to be read, and whether it may be. */
const spoken = ['content-type', 'content-language', 'x-robots-tag', 'link'];

function contentHash(answer: Answer): string {
  const digest = createHash('sha256');
  for (const name of spoken) digest.update(`${[answer.headers[name] ?? ''].flat().join('\n')}\n\n`);
  return digest.update(answer.body).digest('hex').slice(0, 32);
}
