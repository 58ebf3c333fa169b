// `imagedex store …`: looks at what keeps the data, and looks after it.
import { ImagedexError } from '../errors.ts';
import { suggest } from '../suggest.ts';
import { copyFlags } from './store/copy.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const store: Verb = {
  name: 'store',
  words: 'status | reindex | rollback | drop-previous | migrate | copy',
  leastWords: 1,
  mostWords: 1,
  doc: 'shows the state of what keeps the data, and renews its indices',
  details:
    'With `store: opensearch`, reindex writes all documents into a new index while searches and crawls go on, compares the\n' +
    'two and lets searches go to the new one; rollback goes back, or on again; drop-previous removes the one that is kept\n' +
    'for that. migrate brings indices of an older version to this one’s. copy takes a collection from one store into the\n' +
    'other. docs/opensearch-operations.md says what happens when.',
  flags: {
    reindex: { type: 'boolean', doc: 'migrate: writes the documents again where the new version wants it' },
    ...copyFlags,
  },
  options: ['store', 'dataDir', 'opensearchUrls', 'opensearchPrefix', 'opensearchShards'],
  examples: [
    'imagedex store status',
    'imagedex store reindex --opensearch-shards 3',
    'imagedex store rollback',
    'imagedex store copy --to opensearch',
  ],
  json: [
    '{"store": "opensearch", "version": "3.6.0", "distribution": "opensearch", "health": "green", "nodes": [{"name": "one",',
    ' "version": "3.6.0", "disk": {"totalBytes": 500000000000, "availableBytes": 320000000000}}], "indices": [{"name":',
    ' "imagedex-images-000002", "health": "green", "isOpen": true, "documents": 12000, "bytes": 21000000, "generation": 2,',
    ' "shards": 1, "replicas": 0, "aliases": [{"name": "imagedex-images", "isWriteIndex": false}], "blocks": []}],',
    ' "templates": [{"name": "imagedex-images", "version": 1}], "findings": [], "generations": [{"index":',
    ' "imagedex-images-000002", "number": 2, "isRead": true, "isWritten": true, "isUnfinished": false}]}',
  ].join('\n'),
  run: runStore,
};

const actions: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  status: async (call) => (await import('./store/status.ts')).status(call),
  reindex: async (call) => (await import('./store/reindex.ts')).reindex(call),
  rollback: async (call) => (await import('./store/rollback.ts')).rollback(call),
  'drop-previous': async (call) => (await import('./store/drop-previous.ts')).dropPrevious(call),
  migrate: async (call) => (await import('./store/migrate.ts')).migrate(call),
  copy: async (call) => (await import('./store/copy.ts')).runCopy(call),
};

const flagsOf: Readonly<Record<string, readonly string[]>> = {
  migrate: ['reindex'],
  copy: Object.keys(copyFlags),
};

function mustFit(action: string, { flags }: Call): void {
  const other = Object.keys(flags).find((flag) => !flagsOf[action]?.includes(flag));
  if (other === undefined) return;
  const owner = Object.keys(flagsOf).find((one) => flagsOf[one]!.includes(other));
  throw new ImagedexError('usage', `store ${action}: --${other} is a flag of \`store ${owner}\``);
}

async function runStore(call: Call): Promise<number> {
  const [name] = call.words as [string];
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    const names = Object.keys(actions);
    const near = suggest(name, names);
    const cure = near === undefined ? '' : `; did you mean ${near}?`;
    throw new ImagedexError('usage', `store: expected ${names.join(', ')}, but got ${name}${cure}`);
  }
  mustFit(name, call);
  try {
    return await action(call);
  } catch (error) {
    if (call.signal.aborted) return exitCodes.interrupted;
    throw error;
  }
}
