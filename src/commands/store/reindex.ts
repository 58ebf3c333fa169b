// `imagedex store reindex`: a new index while searches and crawls go on.
import type { Call } from '../verb.ts';
import { openReindexView, showReport, stopped } from './reindex-view.ts';

export async function reindex(call: Call): Promise<number> {
  const { withGenerations } = await import('../../app/store.ts');
  const view = openReindexView(call);
  try {
    const report = await withGenerations(call.config, 'reindex', (generations) =>
      generations.reindex(call.signal, view.onProgress),
    ).finally(view.end);
    return showReport(report, call);
  } catch (error) {
    return stopped(error, call);
  }
}
