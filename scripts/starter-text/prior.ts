/**
 * How far each bucket's weights may go before they are fitted: by how differently its n-gram is spread over
 * classes, as in Wang and Manning 2012 (NB-SVM). Counted in templates, not rows: a template's many fillings
 * are one piece of evidence, and n-grams of a single template should not carry much.
 */
import { type Example, HATEFUL } from './data';
import type { SparseRows } from './features';

export interface PriorOptions {
  /** Added to every count. */
  readonly smoothing: number;
  /** Smallest scale, before the mean is brought to 1. */
  readonly least: number;
  /** Power of the log ratios that come from posts. */
  readonly postExponent: number;
}

/** Scale per bucket, with mean 1 over the buckets that occur; 0 for the others. */
export function priorScale(
  examples: readonly Example[],
  rows: SparseRows,
  buckets: number,
  { smoothing, least, postExponent }: PriorOptions,
): Float32Array {
  const of = (source: Example['source'], label: number) =>
    logRatios(
      examples,
      rows,
      buckets,
      smoothing,
      (e) => e.source === source,
      (e) => e.label === label,
    );
  // Posts name what is offensive plainly; HateCheck's templates are few, and their counts deserve less trust.
  const posts = [of('davidson', 0), of('davidson', HATEFUL)].map((ratio) =>
    ratio.map((r) => r ** postExponent),
  );
  const ratios = [of('hatecheck', HATEFUL), ...posts];
  const scale = new Float32Array(buckets);
  for (const column of rows.columns)
    scale[column] = Math.max(least, ...ratios.map((ratio) => ratio[column]!));
  const used = scale.filter((value) => value > 0);
  const mean = used.reduce((sum, value) => sum + value, 0) / used.length;
  return scale.map((value) => value / mean);
}

/** |ln of (share of positive groups that have the bucket / share of negative groups that have it)|. */
function logRatios(
  examples: readonly Example[],
  rows: SparseRows,
  buckets: number,
  smoothing: number,
  belongs: (example: Example) => boolean,
  positive: (example: Example) => boolean,
): Float32Array {
  const hits = [new Uint32Array(buckets), new Uint32Array(buckets)] as const;
  const groups = [0, 0];
  const counted = new Int32Array(buckets).fill(-1);
  for (const [id, members] of [...groupsOf(examples, belongs).values()].entries()) {
    const side = positive(examples[members[0]!]!) ? 1 : 0;
    groups[side]! += 1;
    for (const row of members)
      for (let entry = rows.starts[row]!; entry < rows.starts[row + 1]!; entry++) {
        const column = rows.columns[entry]!;
        if (counted[column] === id) continue;
        counted[column] = id;
        hits[side]![column]! += 1;
      }
  }
  return Float32Array.from(hits[1], (count, bucket) => {
    const right = (count + smoothing) / (groups[1]! + 2 * smoothing);
    const wrong = (hits[0][bucket]! + smoothing) / (groups[0]! + 2 * smoothing);
    return Math.abs(Math.log(right / wrong));
  });
}

/** Rows by template and language. */
function groupsOf(
  examples: readonly Example[],
  belongs: (example: Example) => boolean,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  examples.forEach((example, row) => {
    if (!belongs(example)) return;
    const key = `${example.language} ${example.group}`;
    const members = groups.get(key);
    if (members) members.push(row);
    else groups.set(key, [row]);
  });
  return groups;
}
