// Results as text: columns for a terminal, Markdown for docs/benchmarks.md.
import type { Cell, Finding, Table } from './bench.ts';
import type { Result } from './results.ts';

/** Three digits are enough to compare by; what is counted is written out. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return 'none';
  const digits = Math.abs(cell) >= 100 || Number.isInteger(cell) ? 0 : Math.abs(cell) >= 10 ? 1 : 2;
  return cell.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, digits === 0 ? ',' : '');
}

export function columns({ title, head, rows, notes = [] }: Table): string {
  const lines = [head, ...rows.map((row) => row.map(cellText))];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const text = lines.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...text, ...notes].join('\n');
}

export const findingText = ({ what, wanted, came, holds }: Finding): string =>
  `${holds ? 'holds' : 'MISSED'}: ${what}: wanted ${wanted}, came ${came}`;

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const markdownTable = ({ title, head, rows, notes = [] }: Table): string =>
  [
    `**${title}**`,
    [
      row(head.map((cell) => cell || ' ')),
      row(head.map((_, at) => (at === 0 ? '---' : '---:'))),
      ...rows.map((cells) => row(cells.map(cellText))),
    ].join('\n'),
    ...notes,
  ].join('\n\n');

export function markdown(name: string, result: Result): string {
  const { about, date, commit, machine, documents, seconds, tables, findings = [] } = result;
  const store = machine.opensearch === null ? '' : `, OpenSearch ${machine.opensearch}`;
  return [
    `## ${name}`,
    `${about[0]!.toUpperCase()}${about.slice(1)}.`,
    `${cellText(documents)} documents; ${date.slice(0, 10)}, commit ${commit}, ${Math.round(seconds)} s; ` +
      `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, Node ${machine.node}${store}.`,
    ...tables.map(markdownTable),
    ...(findings.length === 0
      ? []
      : [
          [
            row(['what was asked for', 'wanted', 'came', '']),
            row(['---', '---', '---', '---']),
            ...findings.map(({ what, wanted, came, holds }) =>
              row([what, wanted, came, holds ? 'holds' : 'missed']),
            ),
          ].join('\n'),
        ]),
  ].join('\n\n');
}
