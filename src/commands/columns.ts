// Rows of cells as lines with straight columns.
import { plainValue } from '../plain-text.ts';

/** The last cell of a row is as long as it is; a cell wider than `widest` pushes the rest of its row. */
export function columns(given: readonly (readonly string[])[], widest = 40): string[] {
  const rows = given.map((row) => row.map(plainValue));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.slice(0, -1).entries()) {
      if (cell.length <= widest) widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
