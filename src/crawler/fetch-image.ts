// Fetches an image over HTTP, or learns that it is as it was, or gone.
import type { LocationRecord } from '../ledger.ts';
import { statusFailure } from '../net/answer.ts';
import { type Location, sha256Of } from '../record.ts';
import { imageFormat } from './image-format.ts';
import type { ImageBounds } from './image-hosts.ts';
import type { PoliteFetch } from './polite-fetch.ts';
import type { Budget, Fetched } from './source.ts';
import { conditions, hasConditions, isMissing, screenImage, validatorsOf } from './web-answers.ts';

const imageHeaders = {
  accept: 'image/jpeg, image/png, image/webp, image/gif, image/avif, image/tiff, */*;q=0.1',
};
export async function fetchImage(
  web: PoliteFetch,
  maxBytes: number,
  location: Location,
  earlier: LocationRecord | undefined,
  budget: Budget,
  signal: AbortSignal,
  isInBounds?: ImageBounds,
): Promise<Fetched> {
  const validators = earlier?.validators ?? {};
  const ask = () =>
    web.fetch({
      url: location.url,
      stage: 'fetch',
      headers: { ...imageHeaders, ...conditions(validators) },
      maxBytes,
      atCap: 'refuse',
      memory: budget,
      screen: screenImage,
      ...(isInBounds === undefined ? {} : { isInBounds }),
      signal,
    });
  const first = await ask();
  // Nothing is lost with what was none.
  const wasImage = earlier !== undefined && earlier.state !== 'skipped';
  const answer = wasImage && isMissing(first) ? await ask() : first;
  if (answer.outcome !== 'answered') return answer;
  if (answer.status === 304 && hasConditions(validators)) return { outcome: 'unchanged' };
  if (answer.status !== 200) {
    const problem = statusFailure('fetch', answer);
    if (!wasImage || !isMissing(answer)) return { outcome: 'failed', failure: problem };
    return { outcome: 'gone', failure: problem, ...(answer.status === 404 && { isDoubtful: true }) };
  }
  const content = answer.body;
  const told = imageFormat(content);
  if ('skip' in told) {
    const reason = `${location.url}: ${told.reason}`;
    return { outcome: 'skipped', code: told.skip, reason, validators: validatorsOf(answer) };
  }
  return {
    outcome: 'fetched',
    content,
    sha256: sha256Of(content),
    format: told.format,
    validators: { ...validatorsOf(answer), sizeBytes: content.length },
  };
}
