/** The ratios that matter, and what each has to reach. */
import { median } from '../report';
import type { Found } from './rounds';
import type { Subject } from './subjects';

export interface Ratio {
  readonly subject: string;
  readonly what: string;
  /** Theirs ÷ ours, so that more is better: the median of the rounds, each with itself. */
  readonly ratio: number;
  /** The middle half of the rounds lies between these. */
  readonly low: number;
  readonly high: number;
  /** Absent where the figure is only told. */
  readonly atLeast?: number;
}

const OVER_TRANSFORMERS = 1.3;
const OVER_NSFWJS = 1.5;

const END_TO_END = { image: 'decoded JPEG to scores', text: 'text to scores' } as const;

export function ratiosOf(title: string, subject: Subject, found: readonly Found[]): Ratio[] {
  const ours = found.find(({ name }) => name === 'Winnow')!;
  const named = (name: string) => found.filter((one) => one.name.startsWith(name));
  const whole = END_TO_END[subject.text ? 'text' : 'image'];
  const ratios: Ratio[] = [];
  const add = (what: string, rounds: readonly number[], atLeast?: number) => {
    if (rounds.length === 0) return;
    const [low, ratio, high] = quartiles(rounds);
    ratios.push({ subject: title, what, ratio, low, high, ...(atLeast !== undefined && { atLeast }) });
  };
  for (const peer of named('transformers.js')) {
    add(`transformers.js, ${whole}`, times(peer, ours, 'decoded'), OVER_TRANSFORMERS);
    // Its decoding reads the pixels back, ours leaves that to the step after: the whole is fair to both.
    if (!subject.text) add('transformers.js, JPEG to scores', times(peer, ours, 'whole'));
    add('transformers.js, run alone', times(peer, ours, 'run'));
  }
  const rivals = named('nsfwjs');
  // Both pick their backend by what there is: the fastest of each.
  const best = found
    .filter(({ name, decoded }) => name.startsWith('Winnow') && decoded.length > 0)
    .sort((a, b) => median(a.decoded) - median(b.decoded))[0];
  const each = rivals
    .map((rival) => (best ? times(rival, best, 'decoded') : []))
    .filter(({ length }) => length > 0);
  const [fastest] = each.sort((a, b) => median(a) - median(b));
  if (fastest) add(`the fastest nsfwjs, ${whole}`, fastest, OVER_NSFWJS);
  for (const plain of named('onnxruntime-web')) {
    add('plain onnxruntime-web, run alone', times(plain, ours, 'run'), subject.overPlain ?? 1);
    add(`plain onnxruntime-web, ${whole}`, times(plain, ours, 'decoded'), 1);
  }
  for (const limit of named('onnxruntime-node'))
    add('onnxruntime-node, run alone', times(limit, ours, 'run'));
  return ratios;
}

/** Of each round, with itself; empty where one of them has no such step. */
function times(theirs: Found, ours: Found, step: 'whole' | 'decoded' | 'run'): readonly number[] {
  return theirs[step].flatMap((value, round) => {
    const own = ours[step][round];
    return own === undefined ? [] : [value / own];
  });
}

function quartiles(values: readonly number[]): readonly [low: number, middle: number, high: number] {
  const sorted = [...values].sort((a, b) => a - b);
  // Between the two nearest, by how near: of seven, quartiles are no rounds.
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place % 1);
  };
  return [at(0.25), median(sorted), at(0.75)];
}

/** `in doubt`: short of it by less than the rounds differ among themselves. */
export const wordOf = ({ ratio, high, atLeast }: Ratio): 'met' | 'in doubt' | 'NOT MET' | undefined => {
  if (atLeast === undefined) return undefined;
  return ratio >= atLeast ? 'met' : high >= atLeast ? 'in doubt' : 'NOT MET';
};

/** Largest difference between probabilities that contenders gave of the same item; undefined with fewer than two. */
export function apart(found: readonly Found[]): number | undefined {
  const known = found.flatMap(({ probabilities }) => (probabilities ? [probabilities] : []));
  const [first, ...others] = known;
  if (!first || others.length === 0) return undefined;
  return Math.max(...others.flatMap((other) => other.map((value, at) => Math.abs(value - first[at]!))));
}
