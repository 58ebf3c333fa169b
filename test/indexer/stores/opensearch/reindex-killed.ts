// A process that reindexes and is killed, as by SIGKILL, at the step that it is told.
import { openPlace } from './generations-place.ts';

const [url, prefix, at] = process.argv.slice(2) as [string, string, string];
const { generations } = await openPlace({ opensearchUrls: [url], opensearchPrefix: prefix });
await generations.reindex(new AbortController().signal, ({ step }) => {
  if (step === at) process.kill(process.pid, 'SIGKILL');
});
