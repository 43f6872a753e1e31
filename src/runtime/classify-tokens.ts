/** A text's way through a model with a tokenizer: readings → windows → tokens → words looked up → run. */
import type { ModelCard, TokenInput } from '../catalog/card';
import { FailedError, InvalidError, throwIfAborted } from '../core/errors';
import type { Coverage, Scores } from '../core/policy/types';
import { languageNote, languageOf } from '../core/text/languages';
import { type Reading, readings } from '../core/text/normalise';
import { tokenWindows } from '../core/text/tokens';
import { probabilitiesOf, type ScoredPart, scored, type Timings } from './answer';
import type { Engine, Feed } from './engine';
import { hiddenMarks } from './hidden-marks';
import { openTokenizer, type TextTokenizer } from './tokenizer';

export interface TokenModelParts {
  readonly card: ModelCard;
  readonly engine: Engine;
  readonly tokenizerJson: Uint8Array;
  readonly tokenizerConfig?: Uint8Array;
  /** Embeddings of words, where the network leaves looking them up to the host: [ids, width]. */
  readonly table?: { rows(ids: readonly number[]): Float32Array };
}

export interface TokenModel {
  /** Rejects with what went wrong, as the engine and the tokenizer do. */
  classify(text: string, signal?: AbortSignal): Promise<Scores>;
  /** Of the text's first window: a text has one embedding, and a mean of several would be none of the model's. */
  embed(text: string, signal?: AbortSignal): Promise<Float32Array>;
}

/** A worker that never returns to its event loop cannot hear that the run was withdrawn. */
const YIELD_MILLISECONDS = 25;

/** Opens the tokenizer. Throws as `openTokenizer` does. */
export async function openTokenModel(parts: TokenModelParts): Promise<TokenModel> {
  if (parts.card.input.kind !== 'tokens')
    throw new InvalidError('invalid-model', `${parts.card.name} does not read tokens.`);
  const tokenizer = await openTokenizer(parts.tokenizerJson, parts.tokenizerConfig);
  return {
    classify: (text, signal) => classifyTokens(parts, tokenizer, text, signal),
    embed: (text, signal) => embedText(parts, tokenizer, text, signal),
  };
}

/**
 * Scores of a text as it stands and as it reads once hidden characters and look-alikes are undone; long text in windows
 * that overlap. All of them count, the worst decides. One text at a time and no padding: in 8 bits, neighbours would change
 * the answer.
 */
export async function classifyTokens(
  parts: TokenModelParts,
  tokenizer: TextTokenizer,
  text: string,
  signal?: AbortSignal,
): Promise<Scores> {
  const { card, engine } = parts;
  const started = performance.now();
  const timings: Timings = { decode: 0, preprocess: 0, run: 0 };
  const all = readings(text);
  const found: ScoredPart[] = [];
  // Of the text as it stands.
  const lengths: number[] = [];
  for (const reading of all) {
    const first = found.length;
    for await (const window of windowsOf(card, tokenizer, reading, timings)) {
      throwIfAborted(signal);
      if (reading === all[0]) lengths.push(window.ids.length);
      const ran = performance.now();
      const outputs = await engine.run(feedsOf(parts, window.ids), signal);
      timings.run += performance.now() - ran;
      const name = `${reading.name}, window ${found.length - first + 1}`;
      const { start, end } = window;
      found.push({
        name,
        ...probabilitiesOf(card, outputs),
        start: reading.offsets[start]!,
        end: reading.offsets[end]!,
      });
    }
    // One window is the reading itself.
    if (found.length === first + 1) found[first] = { ...found[first]!, name: reading.name };
  }
  const hidden = hiddenMarks(text);
  const coverage = coverageOf(card, text, all.length, found.length, hidden.hiddenCount !== undefined);
  return {
    ...scored(
      card,
      engine,
      found,
      lengths.length === 1 ? { ...coverage, tokens: lengths[0]! } : coverage,
      started,
      timings,
    ),
    ...hidden,
    milliseconds: performance.now() - started,
  };
}

/** The embedding of the text as it stands. Throws `unsupported-model` semantics as `invalid-output` where there is none. */
export async function embedText(
  parts: TokenModelParts,
  tokenizer: TextTokenizer,
  text: string,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const input = parts.card.input as TokenInput;
  const [window] = tokenWindows(text, (piece) => tokenizer.encode(piece).length, input);
  throwIfAborted(signal);
  const ids = tokenizer.encode(text.slice(window!.start, window!.end));
  const { embedding } = await parts.engine.run(feedsOf(parts, ids), signal);
  const values = embedding?.data;
  if (!(values instanceof Float32Array) || !values.every(Number.isFinite))
    throw new FailedError('invalid-output', `${parts.card.name} gave no embedding of this text.`);
  return values;
}

interface TokenWindow {
  /** UTF-16 offsets into the reading. */
  readonly start: number;
  readonly end: number;
  readonly ids: readonly number[];
}

/** Windows with their tokens; between two of them the worker may hear something else. */
async function* windowsOf(
  card: ModelCard,
  tokenizer: TextTokenizer,
  { text }: Reading,
  timings: Timings,
): AsyncGenerator<TokenWindow> {
  const input = card.input as TokenInput;
  let began = performance.now();
  let yielded = began;
  for (const { start, end } of tokenWindows(text, (piece) => tokenizer.encode(piece).length, input)) {
    const ids = tokenizer.encode(text.slice(start, end));
    timings.preprocess += performance.now() - began;
    if (performance.now() - yielded > YIELD_MILLISECONDS) {
      await new Promise((resolve) => setTimeout(resolve));
      yielded = performance.now();
    }
    yield { start, end, ids };
    began = performance.now();
  }
}

/** Words looked up here, or ids and a mask without padding. Integers are made as wide as the network wants them. */
function feedsOf({ table, engine }: TokenModelParts, ids: readonly number[]): Record<string, Feed> {
  if (ids.length === 0)
    throw new InvalidError('invalid-input', 'There is nothing in this text that the model reads.');
  const dims = [1, ids.length];
  if (table) {
    const data = table.rows(ids);
    return { inputs_embeds: { data, dims: [...dims, data.length / ids.length] } };
  }
  const feeds: Record<string, Feed> = {};
  for (const name of engine.inputs ?? ['input_ids', 'attention_mask']) {
    if (/mask/i.test(name)) feeds[name] = { data: new Int32Array(ids.length).fill(1), dims };
    else if (/type/i.test(name)) feeds[name] = { data: new Int32Array(ids.length), dims };
    else if (/position/i.test(name)) feeds[name] = { data: Int32Array.from(ids, (_, at) => at), dims };
    else feeds[name] = { data: Int32Array.from(ids), dims };
  }
  return feeds;
}

function coverageOf(
  card: ModelCard,
  text: string,
  readingCount: number,
  parts: number,
  hidden: boolean,
): Omit<Coverage, 'parts'> {
  const unit = parts > readingCount ? 'windows' : readingCount > 1 ? 'readings' : 'whole';
  const sentences: string[] = [];
  if (parts > readingCount)
    sentences.push('Longer than the model reads at once. Every window was scored; the highest counts.');
  if (hidden) sentences.push('Scored with and without the hidden characters; the higher counts.');
  else if (readingCount > 1)
    sentences.push('Scored as written and with look-alike letters undone; the higher counts.');
  // A card that names no language makes no claim that a text could be outside of.
  const language = card.languages.length > 0 && languageNote(languageOf(text, card.languages));
  if (language) sentences.push(language);
  const note = sentences.join(' ');
  return { unit, checked: parts, total: parts, ...(note && { note }) };
}
