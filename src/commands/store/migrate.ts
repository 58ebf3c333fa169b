// `imagedex store migrate`: indices of an older version become this one's.
import type { Migration } from '../../opensearch/migrate.ts';
import { hint } from '../hint.ts';
import { type Call, exitCodes } from '../verb.ts';
import { openReindexView, showReport } from './reindex-view.ts';

/** 1 where the documents have to be written again, and --reindex was not given. */
export async function migrate(call: Call): Promise<number> {
  const { config, flags, json, terminal, signal } = call;
  const { migrateStore } = await import('../../app/store.ts');
  const view = openReindexView(call);
  const report = await migrateStore(config, flags['reindex'] === true, signal, view.onProgress).finally(
    view.end,
  );
  const isLeft = report.images.outcome === 'rewrite' && report.reindex === null;
  if (json) {
    terminal.out(`${JSON.stringify(report)}\n`);
    return isLeft || report.reindex?.isSwitched === false ? exitCodes.error : exitCodes.ok;
  }
  terminal.out(`${[report.ledger, report.images].map(migrationLine).join('\n')}\n`);
  if (report.reindex !== null) return showReport(report.reindex, call);
  if (!isLeft) return exitCodes.ok;
  terminal.out(
    `Nothing was changed there. End the crawls of the older version; then \`${hint(call, 'store migrate --reindex', ['opensearchPrefix'])}\` writes all documents into a new index.\n`,
  );
  return exitCodes.error;
}

function migrationLine({ template, from, to, outcome }: Migration): string {
  if (outcome === 'current') return `${template}: version ${to}, nothing to do`;
  if (outcome === 'rewrite')
    return `${template}: an index of version ${from} cannot become version ${to} as it is`;
  return from === null ? `${template}: version ${to} is ready` : `${template}: from version ${from} to ${to}`;
}
