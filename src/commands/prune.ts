// `imagedex prune`: drops the thumbnails that the configuration's retention does not keep.
import type { PruneReport } from '../collections/retention.ts';
import { megabytes } from './backup.ts';
import { counted } from './counted.ts';
import { openData } from './existing-data.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const prune: Verb = {
  name: 'prune',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'drops the thumbnails that `retention` in the configuration does not keep; their images stay searchable',
  details:
    'Retention is set for a collection in the configuration file: maxAgeDays and maxBytes. `serve` does the same after\n' +
    'crawls and once a day. A thumbnail that another collection keeps stays.',
  flags: { 'dry-run': { type: 'boolean', doc: 'says what would go, and drops nothing' } },
  options: ['dataDir'],
  examples: ['imagedex prune --dry-run'],
  json: '{"collection": "default", "retention": {"maxAgeDays": 90, "maxBytes": null}, "dropped": 12, "bytes": 98304, "isDryRun": false}',
  run: runPrune,
};

async function runPrune(call: Call): Promise<number> {
  const { flags, json, terminal, signal } = call;
  const [{ prune: pruneNow }, app] = await Promise.all([import('../app/keep-retention.ts'), openData(call)]);
  const isDryRun = flags['dry-run'] === true;
  try {
    const reports = await pruneNow(app.parts, isDryRun, signal);
    for (const report of reports)
      terminal.out(json ? `${JSON.stringify({ ...report, isDryRun })}\n` : `${told(report, isDryRun)}\n`);
    if (reports.length === 0 && !json)
      terminal.out('No collection has a retention: set maxAgeDays or maxBytes in the configuration file.\n');
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await app.close();
  }
}

function told(
  { collection, retention: { maxAgeDays, maxBytes }, dropped, bytes }: PruneReport,
  isDryRun: boolean,
): string {
  const bounds = [
    ...(maxAgeDays === null ? [] : [counted(maxAgeDays, 'day')]),
    ...(maxBytes === null ? [] : [`${megabytes(maxBytes)}`]),
  ];
  const what = `${counted(dropped, 'thumbnail')}, ${megabytes(bytes)}`;
  return `${collection} (keeps ${bounds.join(' and ')}): ${isDryRun ? 'would drop' : 'dropped'} ${what}`;
}
