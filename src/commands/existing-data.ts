// For verbs that only read: what they are asked about must be there, and nothing is made by asking.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.ts';
import { ImagedexError, TemporaryError } from '../errors.ts';
import { listAll } from '../ledger.ts';
import { suggest } from '../suggest.ts';
import { hint } from './hint.ts';
import type { Call } from './verb.ts';

/** Throws `not_found` where there are no data yet. */
export async function openData(call: Pick<Call, 'config' | 'program'>): Promise<App> {
  const { dataDir, store } = call.config.values;
  const isMissing =
    store === 'sqlite' ? !(await isThere(join(dataDir, 'imagedex.db'))) : !(await isInCluster(call));
  if (isMissing) {
    const { opensearchUrls, opensearchPrefix } = call.config.values;
    const what =
      store === 'sqlite'
        ? `no data directory ${dataDir}`
        : `nothing under the prefix ${opensearchPrefix} in OpenSearch at ${opensearchUrls.join(', ')}`;
    throw new ImagedexError(
      'not_found',
      isToBeCrawled(call)
        ? `there is ${what} yet, and ${toBeCrawled(call)}`
        : `there is ${what} yet; \`${hint(call, 'crawl SOURCE', ['dataDir'])}\` makes it`,
    );
  }
  const { openApp } = await import('../app.ts');
  return openApp(call.config);
}

/** Where the cluster does not say so, opening it says what is wrong. */
async function isInCluster({ config }: Pick<Call, 'config'>): Promise<boolean> {
  const { isStoreThere } = await import('../app/store.ts');
  return isStoreThere(config).catch((error: unknown) => {
    if (error instanceof TemporaryError) throw error;
    return true;
  });
}

/** Named by the configuration with sources: a crawl need not be told any. */
const isToBeCrawled = ({ config }: Pick<Call, 'config'>): boolean =>
  (config.collections.get(config.values.collection)?.sources.length ?? 0) > 0;

const toBeCrawled = (call: Pick<Call, 'config' | 'program'>): string =>
  `collection ${call.config.values.collection} is configured, but not crawled yet; ` +
  `\`${hint(call, 'crawl', ['collection', 'dataDir'])}\` crawls it`;

/** Throws `not_found` where there are no data yet, or no such collection in them. */
export async function openExisting(call: Call): Promise<App> {
  const { collection } = call.config.values;
  const app = await openData(call);
  try {
    const [known] = await app.parts.ledger.get('collection', [collection]);
    if (known !== undefined) return app;
    const names: string[] = [];
    for await (const { record } of listAll(app.parts.ledger, 'collection', {})) names.push(record.name);
    throw unknownCollection(call, names.sort());
  } catch (error) {
    await app.close();
    throw error;
  }
}

function unknownCollection(call: Call, names: readonly string[]): ImagedexError {
  const { collection } = call.config.values;
  if (isToBeCrawled(call)) return new ImagedexError('not_found', toBeCrawled(call));
  const near = suggest(collection, [...names, ...call.config.collections.keys()]);
  const made = `\`${hint(call, 'crawl SOURCE', ['collection', 'dataDir'])}\` makes it`;
  const cure = near === undefined ? made : `did you mean ${near}?`;
  const others =
    names.length === 0
      ? 'there is none yet'
      : `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
  return new ImagedexError('not_found', `there is no collection ${collection} (${others}); ${cure}`);
}

/** One that may not be looked at is there: opening it says what is wrong. */
const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
