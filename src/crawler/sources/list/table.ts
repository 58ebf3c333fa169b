// The rows of a table in CSV or TSV: their fields, and an entry of columns and values.

export async function openFields(delimiter: string): Promise<(row: string) => string[]> {
  const { parse } = await import('csv-parse/sync');
  const options = {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
  };
  // Most rows have no quotes, and need no more than this.
  return (row) => (row.includes('"') ? (parse(row, options)[0] ?? []) : row.split(delimiter));
}

/** Of two columns of one name the first that says something counts. */
export function row(columns: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  const entry: Record<string, string> = Object.create(null);
  for (const [index, column] of columns.entries()) {
    if (column !== '') entry[column] ||= values[index] ?? '';
  }
  return entry;
}
