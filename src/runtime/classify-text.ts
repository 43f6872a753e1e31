/** A text's way through an n-gram model: readings → windows → features → run → words that pushed it. */
import type { ModelCard, TextInput } from '../catalog/card';
import { throwIfAborted } from '../core/errors';
import type { Contribution, Scores } from '../core/policy/types';
import { wordContributions } from '../core/text/contributions';
import { type NgramFeatures, ngramFeatures } from '../core/text/ngrams';
import { type Reading, readings } from '../core/text/normalise';
import { sliceReading } from '../core/text/reading';
import { windows } from '../core/text/windows';
import { deciding, probabilitiesOf, type ScoredPart, scored, type Timings } from './answer';
import type { Engine } from './engine';
import { hiddenMarks } from './hidden-marks';

/** Windows overlap by this many characters, so that no phrase is cut in all of them. */
const OVERLAP = 200;
/** A worker that never returns to its event loop cannot hear that the run was withdrawn. */
const YIELD_MILLISECONDS = 25;

interface WindowPart extends Omit<ScoredPart, 'start' | 'end'> {
  readonly reading: Reading;
  /** Where the window lies in the reading. */
  readonly from: number;
  readonly to: number;
  readonly features: NgramFeatures;
  readonly contributions: Float32Array | undefined;
}

/**
 * Scores of a text as it stands and as it reads once hidden characters, look-alikes and tricks are undone;
 * long text window by window. All of them count, the worst decides.
 */
export async function classifyText(
  card: ModelCard,
  engine: Engine,
  text: string,
  signal?: AbortSignal,
): Promise<Scores> {
  const started = performance.now();
  const timings: Timings = { decode: 0, preprocess: 0, run: 0 };
  const hidden = hiddenMarks(text);
  const all = readings(text);
  let best: WindowPart | undefined;
  const parts: ScoredPart[] = [];
  let yielded = performance.now();
  for (const reading of all) {
    const spans = windows(reading.text, (card.input as TextInput).windowCharacters, OVERLAP);
    for (const [at, span] of spans.entries()) {
      if (performance.now() - yielded > YIELD_MILLISECONDS) {
        await new Promise((resolve) => setTimeout(resolve));
        yielded = performance.now();
      }
      throwIfAborted(signal);
      const name = spans.length > 1 ? `${reading.name}, window ${at + 1}` : reading.name;
      const part = await scoreWindow(card, engine, reading, span, name, timings);
      parts.push({
        name,
        logits: part.logits,
        probabilities: part.probabilities,
        start: reading.offsets[span.start]!,
        end: reading.offsets[span.end]!,
      });
      best = best && deciding(card, [best, part]) === best ? best : part;
    }
  }
  const unit = parts.length === all.length ? (all.length > 1 ? 'readings' : 'whole') : 'windows';
  const note = coverageNote(hidden.hiddenCount ?? 0, parts.length - all.length, all.length);
  const scores = scored(
    card,
    engine,
    parts,
    { unit, checked: parts.length, total: parts.length, ...(note && { note }) },
    started,
    timings,
  );
  return {
    ...scores,
    ...(best?.contributions && { contributions: explain(text, best) }),
    ...hidden,
    milliseconds: performance.now() - started,
  };
}

async function scoreWindow(
  card: ModelCard,
  engine: Engine,
  reading: Reading,
  span: { start: number; end: number },
  name: string,
  timings: Timings,
): Promise<WindowPart> {
  const prepared = performance.now();
  const features = ngramFeatures(reading.text.slice(span.start, span.end), card.input as TextInput);
  const ran = performance.now();
  const n = features.indices.length;
  const outputs = await engine.run({
    indices: { data: features.indices, dims: [n] },
    values: { data: features.values, dims: [n] },
  });
  timings.preprocess += ran - prepared;
  timings.run += performance.now() - ran;
  const contributions = outputs.contributions?.data as Float32Array | undefined;
  return {
    name,
    ...probabilitiesOf(card, outputs),
    reading,
    from: span.start,
    to: span.end,
    features,
    contributions,
  };
}

/** Words of the raw text and what they added, for the window that decided. */
function explain(text: string, part: WindowPart): Contribution[] {
  const { reading, from, to, features, contributions } = part;
  return wordContributions(text, sliceReading(reading, from, to), features, contributions!);
}

function coverageNote(hidden: number, extraWindows: number, readingCount: number): string {
  const sentences: string[] = [];
  if (extraWindows > 0)
    sentences.push('Longer than the model reads at once. Every window was scored; the highest counts.');
  if (hidden > 0) sentences.push('Scored with and without the hidden characters; the higher counts.');
  else if (readingCount > 1)
    sentences.push('Scored as written and with look-alike letters undone; the higher counts.');
  return sentences.join(' ');
}
