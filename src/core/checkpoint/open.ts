/**
 * A pile of files, as somebody dropped them: each sorted by its content into what it is for. Headers and small JSON
 * files are read; weights stay where they lie.
 */
import { InvalidError, UnsupportedError } from '../errors';
import { asObject, type JsonObject } from './json';
import { refusal } from './kinds';
import {
  bothOf,
  type IgnoredFile,
  ignoredOf,
  noWeights,
  ofKind,
  type SortedFile,
  single,
  sortPile,
  type Unpack,
  withoutBundleShards,
} from './pile';
import { readSafetensors } from './safetensors';
import { readSavedModel } from './savedmodel/read';
import { readShards } from './shards';
import { type ByteSource, readRange } from './source';
import type { Checkpoint } from './stored';
import { parseStrictJson } from './strict-json';

/** Of a config, in bytes: one with 1,000 labels has 80 KB. */
export const CONFIG_LIMIT = 2 ** 20;
/** Of `tokenizer.json`, in bytes: a vocabulary of 256,000 has about 20 MB. */
export const TOKENIZER_LIMIT = 32 * 2 ** 20;

export interface OpenedCheckpoint {
  /** Tensors of the safetensors file, or of all its shards. */
  readonly weights?: Checkpoint;
  /** Tensors of a TensorFlow SavedModel, such as LAION's head. */
  readonly head?: Checkpoint;
  /** ONNX files, unread; a repository may offer several precisions. */
  readonly onnx: readonly ByteSource[];
  /** The network's `config.json`. */
  readonly config?: JsonObject;
  /** `preprocessor_config.json`. */
  readonly preprocessor?: JsonObject;
  /** `tokenizer.json`, at most 32 MiB, unread. */
  readonly tokenizer?: ByteSource;
  /** `tokenizer_config.json`. */
  readonly tokenizerConfig?: JsonObject;
  /** Files left alone, and why. An ONNX file's external data, which has no mark of its own, is among them. */
  readonly ignored: readonly IgnoredFile[];
}

export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** Without it, archives are left alone. */
  readonly unpack?: Unpack;
  /** Paths that the model's card names: of several files that hold weights, the one among them counts. */
  readonly published?: readonly string[];
}

/**
 * Sorts files into the parts of one model. Names matter in three places only: of two configs the one nearer to the top
 * folder counts, the shards of a SavedModel are found beside their index, and of several files that could each be the
 * weights the one that is `published` counts.
 *
 * Throws `invalid-model` for a file that is cut short, naming both where two files could be the same part, and as the
 * readers do for files that break their format; `too-large` beyond 1,000 files or for a tokenizer of over 32 MiB.
 * When no file holds weights it throws what is wrong with the likeliest, such as `unsupported-model` for a pickle.
 */
export async function openCheckpoint(
  files: readonly ByteSource[],
  { signal, unpack, published = [] }: OpenOptions = {},
): Promise<OpenedCheckpoint> {
  const everything = await sortPile(files, unpack, signal);
  const sorted = withoutBundleShards(everything);
  const [cut] = ofKind(sorted, 'truncated');
  if (cut) throw refusal('truncated', cut.name)!;
  const bundle = onlyOne(sorted, 'tensor-bundle');
  const index = onlyOne(sorted, 'shard-index');
  const onnx = ofKind(sorted, 'onnx');
  const found = ofKind(sorted, 'safetensors');
  const tensors = index ? found : publishedOf(found, published, onnx.length > 0);
  const head = bundle && (await readSavedModel(beside(everything, bundle), signal));
  const weights = await readWeights(index, tensors, signal);
  if (!head && !weights && onnx.length === 0) throw noWeights(sorted);
  const json = await readJson(sorted, signal);
  const used = [bundle, index, ...tensors, ...onnx, ...json.files];
  return {
    ...(weights && { weights }),
    ...(head && { head }),
    onnx,
    ...json.parts,
    ignored: ignoredOf(sorted, new Set(used.filter((file) => file !== undefined))),
  };
}

function onlyOne(
  sorted: readonly SortedFile[],
  kind: 'tensor-bundle' | 'shard-index',
): ByteSource | undefined {
  const [first, second] = ofKind(sorted, kind);
  if (first && second) throw bothOf(first, second);
  return first;
}

/** The file that the card names, where there are several; none where it is installed from ONNX, and that is here. */
function publishedOf(
  files: readonly ByteSource[],
  published: readonly string[],
  onnx: boolean,
): readonly ByteSource[] {
  if (files.length < 2) return files;
  const named = files.filter(({ name }) => published.some((path) => baseOf(path) === baseOf(name)));
  if (named.length === 1) return named;
  const fromOnnx = onnx && published.some((path) => path.endsWith('.onnx'));
  return named.length === 0 && fromOnnx ? [] : files;
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

async function readWeights(
  index: ByteSource | undefined,
  files: readonly ByteSource[],
  signal?: AbortSignal,
): Promise<Checkpoint | undefined> {
  if (index) return readShards(index, files, signal);
  const [first, second] = files;
  if (first && second)
    throw new InvalidError(
      'invalid-model',
      `${first.name} and ${second.name} both hold weights. Choose one; of a model in several files, choose its index (model.safetensors.index.json) as well.`,
    );
  return first && (await readSafetensors(first, signal)).tensors;
}

/** An index of variables and what its name stands before. */
function beside(sorted: readonly SortedFile[], index: ByteSource): ReadonlyMap<string, ByteSource> {
  const files = new Map([[index.name, index]]);
  const stem = `${index.name.replace(/\.index$/, '')}.data-`;
  for (const { file } of sorted) {
    const other = files.get(file.name);
    if (!file.name.startsWith(stem)) continue;
    if (other) throw bothOf(other, file);
    files.set(file.name, file);
  }
  return files;
}

type JsonParts = Pick<OpenedCheckpoint, 'config' | 'preprocessor' | 'tokenizer' | 'tokenizerConfig'>;

async function readJson(
  sorted: readonly SortedFile[],
  signal?: AbortSignal,
): Promise<{ parts: JsonParts; files: readonly (ByteSource | undefined)[] }> {
  const config = single(sorted, 'config');
  const preprocessor = single(sorted, 'preprocessor');
  const tokenizer = single(sorted, 'tokenizer');
  const tokenizerConfig = single(sorted, 'tokenizer-config');
  if (tokenizer && tokenizer.size > TOKENIZER_LIMIT)
    throw new UnsupportedError(
      'too-large',
      `${tokenizer.name} has ${tokenizer.size} bytes; the limit is ${TOKENIZER_LIMIT}.`,
    );
  const parts: JsonParts = {
    ...(config && { config: await readConfig(config, signal) }),
    ...(preprocessor && { preprocessor: await readConfig(preprocessor, signal) }),
    ...(tokenizer && { tokenizer }),
    ...(tokenizerConfig && { tokenizerConfig: await readConfig(tokenizerConfig, signal) }),
  };
  return { parts, files: [config, preprocessor, tokenizer, tokenizerConfig] };
}

async function readConfig(file: ByteSource, signal?: AbortSignal): Promise<JsonObject> {
  if (file.size > CONFIG_LIMIT)
    throw new InvalidError(
      'invalid-model',
      `${file.name} has ${file.size} bytes; the limit of a config is ${CONFIG_LIMIT}.`,
    );
  const bytes = await readRange(file, 0, file.size, signal);
  const limits = { depth: 32, entries: 100_000, list: 100_000 };
  return asObject(parseStrictJson(bytes, limits, file.name), file.name);
}
