// A change of one record: one write, at once.
import type { BulkOutcome } from '../../opensearch/bulk-operation.ts';
import { documentOf, placeOf, versionAt, versionOf } from './document.ts';
import { mustBeTaken, newId } from './intents.ts';
import { type ChangeParts, type Made, type Wanted, wayOn } from './wanted.ts';

/** The record's version now, as far as that is known; undefined where it was not made. */
export async function changeOne(parts: ChangeParts, first: Wanted): Promise<readonly Made[] | undefined> {
  const write = newId();
  let isRepeated = false;
  for (let wanted = first; ; ) {
    const outcome = await applied(parts, wanted, write);
    if (outcome?.state === 'written') return [{ ...wanted, version: versionAt(outcome) }];
    isRepeated ||= outcome?.state === 'conflict' && outcome.isRepeated;
    const [found] = await parts.records.find([wanted]);
    // Perhaps with another's intent, which does not count yet.
    if (found?.document.write === write) return [{ ...found, version: versionOf(found) }];
    // Our deletion cannot be told from another's.
    if (found === undefined && wanted.body === null && (wanted.expect === 0 || isRepeated)) return [];
    const [next] = (await wayOn(parts, [wanted])) ?? [];
    if (next === undefined) return undefined;
    wanted = next;
  }
}

/** Undefined for a change that only makes sure that there is nothing. */
async function applied(
  { writer }: ChangeParts,
  { kind, id, index, over, body }: Wanted,
  write: string,
): Promise<BulkOutcome | undefined> {
  if (body === null && over === 0) return undefined;
  const at = { index, requireAlias: true, id } as const;
  const document = body === null ? {} : { body: documentOf(kind, id, body, write) };
  const outcomes = await writer.write([
    over === 0
      ? { action: 'create', ...at, ...document }
      : { action: body === null ? 'delete' : 'index', ...at, ...placeOf(over), ...document },
  ]);
  mustBeTaken(outcomes);
  return outcomes[0];
}
