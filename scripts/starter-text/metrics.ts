/** The figures on the model card. */

/** Area under the ROC curve: chance that a positive scores above a negative, ties half. NaN without both. */
export function auc(scores: ArrayLike<number>, positive: readonly boolean[]): number {
  const order = Array.from(positive, (_, index) => index).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to += 1;
    for (let index = from; index < to; index++)
      if (positive[order[index]!]) {
        ranks += (from + to + 1) / 2;
        positives += 1;
      }
    from = to;
  }
  const negatives = order.length - positives;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

export interface ClassFigures {
  readonly accuracy: number;
  readonly macroF1: number;
  /** In label order. */
  readonly f1: readonly number[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
}

export function classFigures(
  predicted: readonly number[],
  actual: readonly number[],
  labels: number,
): ClassFigures {
  const table = Array.from({ length: labels }, () => new Array<number>(labels).fill(0));
  predicted.forEach((label, index) => {
    table[actual[index]!]![label]! += 1;
  });
  const classes = table.map((row, label) => {
    const hit = row[label]!;
    const recall = ratio(hit, sum(row));
    const precision = ratio(hit, sum(table.map((other) => other[label]!)));
    return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), hit };
  });
  return {
    accuracy: ratio(sum(classes.map(({ hit }) => hit)), predicted.length),
    macroF1: sum(classes.map(({ f1 }) => f1)) / labels,
    f1: classes.map(({ f1 }) => f1),
    precision: classes.map(({ precision }) => precision),
    recall: classes.map(({ recall }) => recall),
  };
}

/** Share of `predicate` among `values`; 0 for none. */
export function share<T>(values: readonly T[], predicate: (value: T) => boolean): number {
  return ratio(values.filter(predicate).length, values.length);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
