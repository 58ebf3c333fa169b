// `imagedex collections list|show|delete`: what there is of collections, and the end of one.
import type { App } from '../app.ts';
import type { CollectionSummary } from '../collections/collection-summary.ts';
import { ImagedexError } from '../errors.ts';
import { suggest } from '../suggest.ts';
import { counted } from './counted.ts';
import { openData } from './existing-data.ts';
import { hint } from './hint.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const collections: Verb = {
  name: 'collections',
  words: 'list | show NAME | delete NAME',
  leastWords: 1,
  mostWords: 2,
  doc: 'lists the collections, shows one in full, or deletes one',
  details:
    'Collections are made by crawls, and by the configuration, which names their sources (docs/configuration.md). To delete\n' +
    'one removes its images, crawls and schedule; without --yes it only says what would go. What the configuration says\n' +
    'of it stays there, and so does what was taken down.',
  flags: {
    yes: { type: 'boolean', doc: 'deletes it; there is no way back' },
    'keep-thumbnails': {
      type: 'boolean',
      doc: 'delete: leaves them where they are, for a copy of the collection in another store',
    },
  },
  options: ['dataDir'],
  examples: [
    'imagedex collections list',
    'imagedex collections show shop',
    'imagedex collections delete shop --yes',
  ],
  json: [
    '{"name": "shop", "isConfigured": true, "images": 302, "sources": [{"id": "web:https://shop.example/", "isConfigured": true,',
    ' "settings": {"maxPages": 500}, "headers": {"authorization": "(hidden)"}}], "lastCrawl": {"id": "20261121T093000-4f21c8",',
    ' "state": "complete", "startedAt": "2026-11-21T09:30:00.000Z", "endedAt": "2026-11-21T09:30:12.000Z"}, "schedule": null}',
  ].join('\n'),
  run: runCollections,
};

async function runCollections(call: Call): Promise<number> {
  const [verb, name] = call.words as [string, string | undefined];
  const verbs = ['list', 'show', 'delete'];
  if (!verbs.includes(verb)) {
    const near = suggest(verb, verbs);
    const cure = near === undefined ? '' : `; did you mean ${near}?`;
    throw new ImagedexError('usage', `collections: expected list, show or delete, but got ${verb}${cure}`);
  }
  if ((verb === 'list') !== (name === undefined)) {
    const wanted = verb === 'list' ? 'nothing more' : 'the name of a collection';
    throw new ImagedexError('usage', `collections ${verb}: expected ${wanted}`);
  }
  const app = await openIfThere(call);
  try {
    const { listCollections } = await import('../app/collections.ts');
    const all = await listCollections(call.config, app?.parts ?? null);
    const { list, show } = await import('./collection-view.ts');
    if (name === undefined) return list(all, call);
    const summary = named(all, name);
    return verb === 'show' ? await show(app, summary, call) : await remove(app, summary, call);
  } finally {
    await app?.close();
  }
}

/** null where there are no data yet, but collections in the configuration. */
async function openIfThere(call: Call): Promise<App | null> {
  try {
    return await openData(call);
  } catch (error) {
    const isMissing = error instanceof ImagedexError && error.code === 'not_found';
    if (isMissing && call.config.collections.size > 0) return null;
    throw error;
  }
}

function named(all: readonly CollectionSummary[], name: string): CollectionSummary {
  const summary = all.find((one) => one.name === name);
  if (summary !== undefined) return summary;
  const names = all.map((one) => one.name);
  const near = suggest(name, names);
  const cure = near === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean ${near}?`;
  throw new ImagedexError('not_found', `there is no collection ${name}; ${cure}`);
}

async function remove(app: App | null, summary: CollectionSummary, call: Call): Promise<number> {
  const { flags, json, terminal } = call;
  const { name, images, crawls } = summary;
  const [stored] = app === null ? [] : await app.parts.ledger.get('collection', [name]);
  if (app === null || stored === undefined)
    throw new ImagedexError(
      'not_found',
      `nothing is stored of collection ${name}: it is only in the configuration`,
    );
  if (flags['yes'] !== true) {
    const what = `${counted(images, 'image')} of collection ${name} with what is known of ${images === 1 ? 'it' : 'them'}, and ${counted(crawls.length, 'crawl')}`;
    const keep = flags['keep-thumbnails'] === true ? ' --keep-thumbnails' : '';
    const wanted = `\`${hint(call, `collections delete ${name} --yes${keep}`, ['dataDir'])}\``;
    if (json) terminal.out(`${JSON.stringify({ name, done: false, images, crawls: crawls.length })}\n`);
    else terminal.out(`This would delete ${what}. ${wanted} does it; there is no way back.\n`);
    return exitCodes.usage;
  }
  const { removeCollection } = await import('../app/collections.ts');
  const deleted = await removeCollection(app.parts, name, flags['keep-thumbnails'] === true);
  if (json) terminal.out(`${JSON.stringify({ name, done: true, ...deleted })}\n`);
  else {
    terminal.out(
      `Deleted collection ${name}: ${counted(deleted.images, 'image')}, ${counted(deleted.locations, 'location')}, ${counted(deleted.crawls, 'crawl')}.\n`,
    );
    if (summary.isConfigured)
      terminal.out('The configuration still names it: the next crawl makes it again.\n');
  }
  return exitCodes.ok;
}
