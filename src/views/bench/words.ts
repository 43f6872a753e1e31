/** The sentences of the bench. Words: name the thing, the number, the line; never "safe" or "detected". */
import type { JudgedRule, Scores, Verdict } from '../../core/policy';
import { formatLine, formatScore, verdictWords } from '../../ui';

/** The sentence in a lane's head, in parts, so that the model's name can be set in bold. */
export interface Sentence {
  readonly name: string;
  readonly says: string;
  /** What the models that differ say. */
  readonly others: string;
}

/** "Starter text scores offensive 0.91, at or above your block line of 0.70." */
export function laneSentence(
  worst: Verdict,
  verdicts: readonly Verdict[],
  name: (id: string) => string,
): Sentence {
  const others = verdicts
    .filter((verdict) => verdict.model !== worst.model && verdict.verdict !== worst.verdict)
    .map((verdict) => `${name(verdict.model)} says ${verdictWords[verdict.verdict]}.`)
    .join(' ');
  return { name: name(worst.model), says: says(worst), others };
}

function says({ fired, reason = '' }: Verdict): string {
  if (!fired) return `could not score this. ${reason}`;
  return `scores ${fired.score} ${value(fired)}, ${against(fired)}.`;
}

function against({ band, review, block }: JudgedRule): string {
  if (band === 'block') return `at or above your block line of ${formatLine(block)}`;
  if (band === 'review') return `inside your review band of ${formatLine(review)} to ${formatLine(block)}`;
  return `under your review line of ${formatLine(review)}`;
}

/** The line under a panel's bars: which rule fired, in one short sentence. */
export function ruleSentence(verdict: Verdict): string {
  const { fired, rules, reason = '' } = verdict;
  if (!fired) return `Needs review: ${reason}`;
  const { score, band, review, block } = fired;
  if (band === 'block') return `Block: ${score} ${value(fired)} ≥ ${formatLine(block)}.${part(fired)}`;
  if (band === 'review')
    return `Review: ${score} ${value(fired)} is in the band from ${formatLine(review)} to ${formatLine(block)}.${part(fired)}`;
  if (rules.length === 1)
    return `Clear: ${score} ${value(fired)} is under the review line of ${formatLine(review)}.`;
  return `Clear: ${list(rules.map((rule) => `${rule.score} ${value(rule)}`))} are ${rules.length === 2 ? 'both' : 'all'} under review.`;
}

/** What the scores cover, when that is not simply everything at once. */
export function coverageSentence({ coverage }: Scores): string {
  const { unit, checked, total, note = '' } = coverage;
  const partial =
    unit !== 'whole' && checked < total ? `${count(checked)} of ${count(total)} ${unit} were checked.` : '';
  return [note, note.includes('were checked') ? '' : partial].filter(Boolean).join(' ');
}

export const BACKENDS = { wasm: 'WASM', webgpu: 'WebGPU' } as const;
export const PRECISIONS = {
  exact: 'exact',
  int8: 'int8',
  'int8-blocks': '8-bit blocks',
  half: 'fp16',
} as const;

/** "WASM exact" */
export const runsWords = ({ backend, precision }: Pick<Scores, 'backend' | 'precision'>): string =>
  `${BACKENDS[backend]} ${PRECISIONS[precision]}`;

/** "Text · 11 languages · WASM exact · 2 ms" */
export function factsLine(
  facts: string,
  opened?: Pick<Scores, 'backend' | 'precision'>,
  milliseconds?: number,
): string {
  const runs = opened && runsWords(opened);
  const took = milliseconds === undefined ? undefined : `${duration(milliseconds)} ms`;
  return [facts, runs, took].filter(Boolean).join(' · ');
}

function duration(milliseconds: number): string {
  return milliseconds < 9.95 ? milliseconds.toFixed(1) : count(Math.round(milliseconds));
}

/** One for all: `toLocaleString` makes a new one each time, which costs a list its smoothness. */
const counts = new Intl.NumberFormat('en-GB');

export function count(value: number): string {
  return counts.format(value);
}

/** "2.6 MB", "173 MB", "1.33 GB"; decimal units, as the design's sizes are. */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} bytes`;
  if (value < 999_500) return `${Math.round(value / 1_000)} kB`;
  if (value < 999_500_000) return `${(value / 1_000_000).toFixed(value < 9_950_000 ? 1 : 0)} MB`;
  return `${(value / 1_000_000_000).toFixed(2)} GB`;
}

function value({ value: score, review, block }: JudgedRule): string {
  return formatScore(score, [review, block]);
}

/** Readings of a text, as the runtime names them. */
const READINGS: Readonly<Record<string, string>> = {
  raw: 'as written',
  normalised: 'once hidden characters and letter tricks are undone',
  skeleton: 'once look-alike letters are undone',
};

/** Which part decided: "frame 3 of 8, on white" → " Highest in frame 3 of 8, on white." */
function part({ part: name }: JudgedRule): string {
  if (!name) return '';
  const words = name
    .split(', ')
    .map((piece) => READINGS[piece] ?? (/^(frame|window) /.test(piece) ? `in ${piece}` : piece));
  return ` Highest ${words.join(', ')}.`;
}

/** "a, b and c" */
function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
