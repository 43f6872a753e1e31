/** RFC 4180: quoted fields may hold commas, doubled quotes and line breaks. */

/** Rows of a CSV text as objects keyed by the header. */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...rows] = fields(text);
  if (header === undefined) return [];
  return rows
    .filter((row) => row.length === header.length)
    .map((row) => Object.fromEntries(header.map((name, index) => [name, row[index]!])));
}

function fields(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let index = 0;
  while (index < text.length) {
    const [field, next] = readField(text, index);
    row.push(field);
    index = next;
    if (text[index] === ',') {
      index += 1;
      continue;
    }
    rows.push(row);
    row = [];
    if (text[index] === '\r') index += 1;
    if (text[index] === '\n') index += 1;
  }
  return rows;
}

/** One field that starts at `start`, and the index of what ends it. */
function readField(text: string, start: number): [field: string, next: number] {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
    return [text.slice(start, end), end];
  }
  let index = start + 1;
  for (;;) {
    const quote = text.indexOf('"', index);
    if (quote < 0) throw new Error('A quoted field of the CSV file never ends.');
    if (text[quote + 1] !== '"') return [text.slice(start + 1, quote).replaceAll('""', '"'), quote + 1];
    index = quote + 2;
  }
}
