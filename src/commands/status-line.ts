// One line on a terminal that says how far a command has come; nothing elsewhere.
import type { Terminal } from './verb.ts';

export interface StatusLine {
  readonly show: (text: string) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

const redrawMs = 200;

export function openStatusLine({
  isTerminal,
  columns,
  err,
}: Pick<Terminal, 'isTerminal' | 'columns' | 'err'>): StatusLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  const widest = (columns > 0 ? columns : 80) - 1;
  return {
    show(text) {
      if (!isTerminal || performance.now() - drawnAt < redrawMs) return;
      drawnAt = performance.now();
      err(`\r\x1b[K${text.slice(0, widest)}`);
    },
    end() {
      if (drawnAt === Number.NEGATIVE_INFINITY) return;
      drawnAt = Number.NEGATIVE_INFINITY;
      err('\r\x1b[K');
    },
  };
}
