/** Which words moved the score: the logits of every n-gram, handed to the words it covers. */
import type { Contribution } from '../policy/types';
import type { NgramFeatures } from './ngrams';
import type { Reading } from './reading';
import { isWordPart, standsAlone, unitsOf } from './unicode';

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Words of the raw `text` with what they added to each label's logit, in order of the text. A feature that
 * spans several words is shared evenly among them, so the sum over words is the sum over features (the
 * logits without their bias). Features over signs alone go to the nearest word.
 *
 * For a window of a reading, `features` must come from `reading.text`: pass `sliceReading(reading, start, end)`.
 *
 * `perFeature` holds `labels` values per feature, row by row. Empty when there are no features. Words whose
 * contribution is exactly zero are left out.
 */
export function wordContributions(
  text: string,
  reading: Reading,
  features: NgramFeatures,
  perFeature: Float32Array,
): Contribution[] {
  const count = features.indices.length;
  if (count === 0) return [];
  const labels = perFeature.length / count;
  const words = wordsOf(reading.text);
  const ahead = wordsAhead(words, reading.text.length);
  const sums = new Float64Array(words.length * labels);
  for (let feature = 0; feature < count; feature++) {
    const start = features.starts[feature]!;
    const end = features.ends[feature]!;
    const first = nearestWord(words, ahead[start]!, start, end);
    let last = first;
    while (last + 1 < words.length && words[last + 1]!.start < end) last += 1;
    const share = 1 / (last - first + 1);
    for (let word = first; word <= last; word++)
      for (let label = 0; label < labels; label++)
        sums[word * labels + label]! += share * perFeature[feature * labels + label]!;
  }
  return words.flatMap((word, index) => {
    const logits = Array.from(sums.subarray(index * labels, (index + 1) * labels));
    return logits.every((value) => value === 0) ? [] : [{ ...rawSpan(text, reading, word), logits }];
  });
}

/** Runs of letters, marks and digits; the whole reading when it has none. */
function wordsOf(text: string): Span[] {
  const words: Span[] = [];
  let start = -1;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const part = isWordPart(codePoint);
    const alone = standsAlone(codePoint);
    if (start >= 0 && (!part || alone)) {
      words.push({ start, end: index });
      start = -1;
    }
    if (alone) words.push({ start: index, end: index + unitsOf(codePoint) });
    else if (part && start < 0) start = index;
    index += unitsOf(codePoint);
  }
  if (start >= 0) words.push({ start, end: text.length });
  return words.length > 0 ? words : [{ start: 0, end: text.length }];
}

/** For every offset, the index of the first word that ends after it, or of the last word. */
function wordsAhead(words: readonly Span[], length: number): Uint32Array {
  const ahead = new Uint32Array(length + 1);
  let word = 0;
  for (let offset = 0; offset <= length; offset++) {
    while (word < words.length - 1 && words[word]!.end <= offset) word += 1;
    ahead[offset] = word;
  }
  return ahead;
}

/** The first word the span touches (`index`, which ends after its start), or the nearer neighbour when it touches none. */
function nearestWord(words: readonly Span[], index: number, start: number, end: number): number {
  const before = words[index - 1];
  const word = words[index]!;
  if (before === undefined || word.start < end) return index;
  return start - before.end <= word.start - end ? index - 1 : index;
}

function rawSpan(text: string, reading: Reading, word: Span): Span {
  const start = reading.offsets[word.start]!;
  const end = reading.offsets[word.end]!;
  // Several units can come from one place, such as a ligature cut between two words.
  return { start, end: Math.min(text.length, Math.max(end, start + 1)) };
}
