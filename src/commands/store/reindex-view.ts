// How far a reindex has come, and what came of it, in words.
import type { OnReindexProgress, ReindexReport } from '../../indexer/generations.ts';
import { counted } from '../counted.ts';
import { hint } from '../hint.ts';
import { openStatusLine } from '../status-line.ts';
import { type Call, exitCodes } from '../verb.ts';

export interface ReindexView {
  readonly onProgress: OnReindexProgress;
  readonly end: () => void;
}

export function openReindexView({ terminal }: Pick<Call, 'terminal'>): ReindexView {
  const line = openStatusLine(terminal);
  let step = '';
  let since = performance.now();
  return {
    onProgress(progress) {
      if (progress.step !== step) [step, since] = [progress.step, performance.now()];
      const { done, total } = progress;
      switch (progress.step) {
        case 'waiting':
          return line.show('a new index is made; waiting until every writer knows it');
        case 'switching':
          return line.show('searches go to the new index');
        case 'removing':
          return line.show('what is not needed any more is removed, when no writer knows it');
        default: {
          const perSecond = Math.round((1000 * done) / Math.max(1, performance.now() - since));
          return line.show(
            `${progress.step} ${done} of ${counted(total, 'document')}, ${perSecond} a second`,
          );
        }
      }
    },
    end: line.end,
  };
}

/** Prints it; the exit code is 1 where they did not agree. */
export function showReport(report: ReindexReport, call: Call): number {
  const { terminal, json } = call;
  if (json) terminal.out(`${JSON.stringify(report)}\n`);
  else terminal.out(`${reportLines(report, call).join('\n')}\n`);
  return report.isSwitched ? exitCodes.ok : exitCodes.error;
}

function reportLines(report: ReindexReport, call: Call): string[] {
  const { from, to, isSwitched, after, copied, mended, ahead, searches, differences, seconds } = report;
  if (!isSwitched)
    return [
      `${to} did not agree with ${from}: searches stay where they were, and it is removed. Nothing is lost.`,
      ...differences.map((difference) => `  ${difference}`),
    ];
  const { documents, tombstones } = after;
  return [
    `Searches go to ${to} now: ${counted(documents, 'document')} and ${counted(tombstones, 'tombstone')}, in ${seconds.toFixed(0)} s.`,
    `Copied ${copied}, ${mended} of them again because they had changed; every revision compared, and ${counted(searches, 'search', 'searches')}.`,
    ...(ahead === 0
      ? []
      : [`${counted(ahead, 'revision')} came first to the new one: a writer is slow, or died on the way.`]),
    `${from} is kept and written on: \`${hint(call, 'store rollback', ['opensearchPrefix'])}\` goes back, \`${hint(call, 'store drop-previous', ['opensearchPrefix'])}\` removes it.`,
  ];
}
