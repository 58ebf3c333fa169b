// How far a reindex has come, and what came of it, in words.
import type { OnReindexProgress, ReindexProgress, ReindexReport } from '../../indexer/generations.ts';
import { counted } from '../counted.ts';
import { hint } from '../hint.ts';
import { openStatusLine } from '../status-line.ts';
import { type Call, exitCodes } from '../verb.ts';

export interface ReindexView {
  readonly onProgress: OnReindexProgress;
  readonly end: () => void;
}

const lineMs = 5000;

/** Without a terminal a line for each step, and one every few seconds. A stop is answered at once, though it takes a while. */
export function openReindexView({ terminal, signal }: Pick<Call, 'terminal' | 'signal'>): ReindexView {
  const line = openStatusLine(terminal);
  let step = '';
  let since = performance.now();
  let toldAt = since;
  const onStop = () => {
    line.end();
    terminal.err('Stopping: what was begun is removed, when no writer knows it any more.\n');
  };
  signal.addEventListener('abort', onStop);
  return {
    onProgress(progress) {
      const now = performance.now();
      const isNext = progress.step !== step;
      if (isNext) [step, since] = [progress.step, now];
      const text = progressText(progress, now - since);
      if (terminal.isTerminal) return line.show(text);
      if (!isNext && now - toldAt < lineMs) return;
      toldAt = now;
      terminal.err(`${text}\n`);
    },
    end() {
      signal.removeEventListener('abort', onStop);
      line.end();
    },
  };
}

function progressText({ step, done, total }: ReindexProgress, sinceMs: number): string {
  switch (step) {
    case 'waiting':
      return 'a new index is made; waiting until every writer knows it';
    case 'switching':
      return 'searches go to the new index';
    case 'removing':
      return 'what is not needed any more is removed, when no writer knows it';
    default: {
      const perSecond = Math.round((1000 * done) / Math.max(1, sinceMs));
      return `${step} ${done} of ${counted(total, 'document')}, ${perSecond} a second`;
    }
  }
}

/** Says so where it was stopped, which it can be until the switch. Returns the exit code. */
export function stopped(error: unknown, { terminal, signal }: Pick<Call, 'terminal' | 'signal'>): number {
  if (!signal.aborted || !isStop(error, signal)) throw error;
  terminal.err('Interrupted: nothing was changed, searches go on as before.\n');
  return exitCodes.interrupted;
}

const isStop = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof Error && error.name === 'AbortError');

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
