/** What was found, for people: one table, then the ratios. */
import { median } from '../report';
import { type Ratio, wordOf } from './bars';
import type { Found } from './rounds';

/** Of one contender; milliseconds, items a second, megabytes. What there is none of is left out. */
export interface Row {
  readonly subject: string;
  readonly contender: string;
  readonly what: string;
  readonly cold?: number;
  readonly warm?: number;
  readonly whole?: number;
  readonly decoded?: number;
  readonly run?: number;
  readonly perSecond?: number;
  readonly openPeak?: number;
  readonly peak?: number;
  readonly heap?: number;
}

export function rowOf(subject: string, found: Found): Row {
  const { name, what, cold, warm, whole, decoded, run, batch, openPeak, peak, heap } = found;
  const figures = { cold, warm, whole, decoded, run, perSecond: batch, openPeak };
  const medians = Object.entries(figures).flatMap(([key, values]) =>
    values.length > 0 ? [[key, median(values)] as const] : [],
  );
  return {
    ...{ subject, contender: name, what },
    ...Object.fromEntries(medians),
    ...(peak !== undefined && { peak }),
    ...(heap !== undefined && { heap }),
  };
}

const COLUMNS = {
  cold: 'cold open, ms',
  warm: 'warm open, ms',
  whole: 'whole, ms',
  decoded: 'decoded, ms',
  run: 'run, ms',
  perSecond: 'a second',
  openPeak: 'opening, MB',
  peak: 'running, MB',
  heap: 'WASM, MB',
} as const;

export function printRows(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.subject,
    row.contender,
    ...Object.keys(COLUMNS).map((key) => shown(row[key as keyof typeof COLUMNS])),
  ]);
  const table = [['model', 'contender', ...Object.values(COLUMNS)], ...lines];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const pad = (cell: string, column: number) =>
    column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  console.log('');
  for (const line of table) console.log(line.map(pad).join('  '));
  console.log(NOTES);
}

const NOTES = `
cold: a fresh process to the first answer, the model already in the browser's storage (Winnow) or on this machine's
server (the others); warm: closed and opened again in the same process. whole: JPEG or text to scores; decoded: without
decoding the JPEG. a second: 8 items handed over at once. MB: largest resident set of the page's process, or Node's;
what a browser's GPU process holds is not in it.`;

function shown(value: number | undefined): string {
  if (value === undefined) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

export function printRatios(ratios: readonly Ratio[]): void {
  console.log('\nTimes as fast as');
  for (const ratio of ratios) {
    const { subject, what, atLeast } = ratio;
    const [times, low, high] = [ratio.ratio, ratio.low, ratio.high].map((value) => value.toFixed(2));
    const target = atLeast === undefined ? '' : ` (target: at least ${atLeast} ×)`;
    console.log(
      `${(wordOf(ratio) ?? '').padEnd(8)} ${subject}: ${what}: ${times} × (${low}–${high})${target}`,
    );
  }
}
