/** A pile of files sorted by kind: archives unpacked, one file per part chosen, reasons for the rest. */
import { InvalidError, UnsupportedError, type WinnowError } from '../errors';
import { type FileKind, reasonAgainst, refusal } from './kinds';
import { sniff } from './sniff';
import type { ByteSource } from './source';

const FILE_LIMIT = 1_000;

export interface SortedFile {
  readonly file: ByteSource;
  readonly kind: FileKind;
}

export interface IgnoredFile extends SortedFile {
  /** A sentence, fit to be shown beside the file's name. */
  readonly reason: string;
}

/** Files out of a zip archive, named by their paths in it. */
export type Unpack = (archive: ByteSource, signal?: AbortSignal) => Promise<readonly ByteSource[]>;

/** Kinds that have no fault, and no part in a model that is installed. */
const REASONS: Readonly<Partial<Record<FileKind, string>>> = {
  npy: 'It holds numbers, such as embeddings: score them with a model that is installed.',
  tfjs: 'TensorFlow.js models are not installed from files. Choose the safetensors or ONNX files of the same model.',
  json: 'It is not needed.',
  'saved-model-graph': 'It is the graph of a SavedModel, of which only the variables are read.',
  unknown: 'It is no kind of file that models are read from.',
  zip: 'It is an archive. Unpack it first, and choose its files.',
};

/** Which fault to tell of, when no file holds weights: the likeliest to be what was meant as the model. */
const TELLING: readonly FileKind[] = [
  'pickle',
  'lfs-pointer',
  'web-page',
  'gguf',
  'hdf5',
  'tflite',
  'saved-model-graph',
  'gzip',
  'empty',
];

/**
 * The kind of each file. Archives are replaced by their files where `unpack` is given, once: one within another stays.
 * Throws `too-large` beyond 1,000 files; else as `unpack` does.
 */
export async function sortPile(
  files: readonly ByteSource[],
  unpack?: Unpack,
  signal?: AbortSignal,
): Promise<SortedFile[]> {
  const sorted: SortedFile[] = [];
  const add = async (some: readonly ByteSource[], open?: Unpack): Promise<void> => {
    for (const file of some) {
      const kind = await sniff(file, signal);
      if (kind === 'zip' && open) await add(within(file, await open(file, signal)));
      else sorted.push({ file, kind });
      if (sorted.length > FILE_LIMIT)
        throw new UnsupportedError('too-large', `More than ${FILE_LIMIT} files. Choose those of one model.`);
    }
  };
  await add(files, unpack);
  return sorted;
}

/** Files of an archive, as if it were a folder, so that those of two archives do not meet. */
function within(archive: ByteSource, files: readonly ByteSource[]): ByteSource[] {
  return files.map((file) => ({
    name: `${archive.name}/${file.name}`,
    size: file.size,
    read: (start, end, signal) => file.read(start, end, signal),
  }));
}

/** Without the shards of SavedModels: bare numbers, which may look like anything. They are known by their names. */
export function withoutBundleShards(sorted: readonly SortedFile[]): SortedFile[] {
  const stems = ofKind(sorted, 'tensor-bundle').map(({ name }) => `${name.replace(/\.index$/, '')}.data-`);
  return sorted.filter(
    ({ file, kind }) => kind === 'tensor-bundle' || !stems.some((stem) => file.name.startsWith(stem)),
  );
}

export function ofKind(sorted: readonly SortedFile[], kind: FileKind): ByteSource[] {
  return sorted.filter((one) => one.kind === kind).map(({ file }) => file);
}

/** The one file of a kind: of several, that which is nearest to the top folder. Throws `invalid-model` for a tie. */
export function single(sorted: readonly SortedFile[], kind: FileKind): ByteSource | undefined {
  const depth = (file: ByteSource) => file.name.split('/').length;
  const [first, second] = ofKind(sorted, kind).sort((a, b) => depth(a) - depth(b));
  if (first && second && depth(first) === depth(second)) throw bothOf(first, second);
  return first;
}

export function bothOf(first: ByteSource, second: ByteSource): InvalidError {
  return new InvalidError(
    'invalid-model',
    `${first.name} and ${second.name} are files of the same part. Choose the files of one model.`,
  );
}

/** Files that are not `used`, each with the reason. */
export function ignoredOf(sorted: readonly SortedFile[], used: ReadonlySet<ByteSource>): IgnoredFile[] {
  return sorted
    .filter(({ file }) => !used.has(file))
    .map(({ file, kind }) => ({
      file,
      kind,
      reason: REASONS[kind] ?? reasonAgainst(kind) ?? 'Another file of this part is used.',
    }));
}

/** What to say when no file holds weights that are read. */
export function noWeights(sorted: readonly SortedFile[]): WinnowError {
  for (const kind of TELLING) {
    const [file] = ofKind(sorted, kind);
    const error = file && refusal(kind, file.name);
    if (error) return error;
  }
  return new InvalidError(
    'invalid-model',
    'None of these files holds a model’s weights. Choose its safetensors, ONNX or SavedModel files, or its whole folder.',
  );
}
