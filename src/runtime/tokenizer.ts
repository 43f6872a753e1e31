/** Text → token ids, as a model's own `tokenizer.json` says. */
import { asArray, asObject, type JsonObject, own, parseJson } from '../core/checkpoint/json';
import { InvalidError, UnsupportedError } from '../core/errors';

/** Of one text. */
export interface Tokens {
  readonly ids: readonly number[];
}

export interface TextTokenizer {
  /** Ids with those the tokenizer adds, such as an end. Throws `invalid-model` where the tokenizer cannot. */
  encode(text: string): readonly number[];
}

/** The largest ones published, for a quarter of a million tokens, have 33 MB with their merges spelt out (M15). */
const MOST_BYTES = 32 * 2 ** 20;
const MOST_CONFIG = 2 ** 20;
const KINDS = new Set(['BPE', 'WordPiece', 'Unigram', 'WordLevel']);

/**
 * Opens a tokenizer. Only the package of tokenizers is imported, and only here: transformers.js re-exports this very code, and
 * brings 494 KB and a second ONNX Runtime with it whatever is imported from it. Throws `invalid-model` for a file over 32 MiB,
 * damaged or incomplete, `unsupported-model` for a kind of tokenizer it does not have.
 */
export async function openTokenizer(file: Uint8Array, config?: Uint8Array): Promise<TextTokenizer> {
  const json = asObject(parseJson(file, MOST_BYTES, 'tokenizer.json'), 'tokenizer.json');
  checkModel(json);
  const settings = config
    ? asObject(parseJson(config, MOST_CONFIG, 'tokenizer_config.json'), 'tokenizer_config.json')
    : {};
  const { Tokenizer } = await import('@huggingface/tokenizers');
  try {
    const tokenizer = new Tokenizer(json, settings);
    return { encode: (text) => encoded(() => tokenizer.encode(text).ids) };
  } catch (cause) {
    throw broken('cannot be used', cause);
  }
}

function encoded(encode: () => readonly unknown[]): readonly number[] {
  let ids: readonly unknown[];
  try {
    ids = encode();
  } catch (cause) {
    throw broken('fails on this text', cause);
  }
  // A vocabulary with gaps gives undefined.
  if (!ids.every((id) => Number.isSafeInteger(id) && (id as number) >= 0))
    throw broken('gives tokens that are not in its vocabulary');
  return ids as number[];
}

/** What the package takes on trust: kinds, ids, and merges of tokens that exist. */
function checkModel(json: JsonObject): void {
  const model = asObject(own(json, 'model'), 'The tokenizer’s model');
  // Files from before the kind was written down are of BPE, and have merges.
  const kind = own(model, 'type') ?? (own(model, 'merges') === undefined ? undefined : 'BPE');
  if (typeof kind !== 'string' || !KINDS.has(kind))
    throw new UnsupportedError(
      'unsupported-model',
      `Winnow has no tokenizers of the kind ${String(kind).slice(0, 40)}.`,
    );
  const vocabulary = own(model, 'vocab');
  if (kind === 'Unigram') {
    asArray(vocabulary, 'The tokenizer’s vocabulary');
    return;
  }
  const tokens = asObject(vocabulary, 'The tokenizer’s vocabulary');
  for (const id of Object.values(tokens))
    if (!Number.isSafeInteger(id) || (id as number) < 0) throw broken('has a token without a number');
  if (kind === 'BPE') checkMerges(model, new Set(Object.keys(tokens)));
}

/** Pairs of tokens, which make a third: all three in the vocabulary, as the reference demands. */
function checkMerges(model: JsonObject, tokens: ReadonlySet<string>): void {
  const prefix = own(model, 'continuing_subword_prefix') ?? '';
  for (const merge of asArray(own(model, 'merges'), 'The tokenizer’s merges')) {
    const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    const [first, second, ...more] = Array.isArray(parts) ? parts : [];
    if (typeof first !== 'string' || typeof second !== 'string' || !first || !second || more.length > 0)
      throw broken('has a merge that is not of two tokens');
    const rest =
      typeof prefix === 'string' && second.startsWith(prefix) ? second.slice(prefix.length) : second;
    if (![first, second, first + rest].every((token) => tokens.has(token)))
      throw broken('has a merge of tokens that are not in its vocabulary');
  }
}

function broken(what: string, cause?: unknown): InvalidError {
  const options = cause === undefined ? undefined : { cause };
  return new InvalidError('invalid-model', `The model’s tokenizer.json ${what}. Get it again.`, {}, options);
}
