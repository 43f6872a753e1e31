/** Kinds of file that people drop, and what to say of those that Winnow does not read. */
import { InvalidError, UnsupportedError, type WinnowError } from '../errors';

/** What a file is, by its content. */
export type FileKind =
  // Weights and networks.
  | 'safetensors'
  | 'onnx'
  /** `variables.index` of a SavedModel: the table of its tensors. */
  | 'tensor-bundle'
  | 'npy'
  // JSON files, by their keys.
  /** A network's `config.json`. */
  | 'config'
  /** `preprocessor_config.json`. */
  | 'preprocessor'
  /** `tokenizer.json`. */
  | 'tokenizer'
  /** `tokenizer_config.json`. */
  | 'tokenizer-config'
  /** `model.safetensors.index.json`. */
  | 'shard-index'
  /** `model.json` of TF.js. */
  | 'tfjs'
  | 'json'
  // Containers.
  | 'zip'
  | 'npz'
  | 'gzip'
  // Formats that are not read.
  | 'pickle'
  | 'gguf'
  | 'tflite'
  | 'hdf5'
  /** `saved_model.pb`: the graph of a SavedModel, whose variables lie beside it. */
  | 'saved-model-graph'
  // What is there instead of the file.
  | 'web-page'
  | 'lfs-pointer'
  | 'empty'
  /** Begins as a model file and ends before its contents do. */
  | 'truncated'
  | 'unknown';

export const PICKLE_REFUSAL =
  'This format can run code. We never open it. Choose the safetensors file of the same repository, or convert it to safetensors.';

/** What is wrong, and what to do. Kinds that are read have none. */
const UNSUPPORTED: Readonly<Partial<Record<FileKind, string>>> = {
  pickle: PICKLE_REFUSAL,
  npz: 'An archive of several arrays is not read. Save the embeddings as one .npy or safetensors file.',
  gzip: 'A packed file is not read. Unpack it first, and choose its files.',
  gguf: 'GGUF files are not read. Choose the safetensors or ONNX file of the same model.',
  tflite:
    'TensorFlow Lite files are not read. Choose the safetensors, ONNX or SavedModel files of the same model.',
  hdf5: 'Keras HDF5 files are not read. Choose the SavedModel, safetensors or ONNX files of the same model.',
  'saved-model-graph':
    'This is the graph of a SavedModel, which is not read; its weights lie in the folder variables. Choose the model’s whole folder, or its zip.',
  unknown: 'This is no kind of file that models are read from. Choose safetensors, ONNX or SavedModel files.',
};

const INVALID: Readonly<Partial<Record<FileKind, string>>> = {
  'web-page':
    'This is a web page, not a model: a download ended at a log-in or error page. Get the file again.',
  'lfs-pointer':
    'This is a Git LFS or Xet pointer, a note of where the file lies. Get the file itself, with git lfs pull or from the repository’s page.',
  empty: 'This file is empty. Get it again.',
  truncated: 'This file ends before its contents do. Get it again.',
};

/** Why a file of this kind is not read, as sentences; undefined for kinds that are. */
export function reasonAgainst(kind: FileKind): string | undefined {
  return UNSUPPORTED[kind] ?? INVALID[kind];
}

/** Why a file of this kind is not read, as an error naming it; undefined for kinds that are. */
export function refusal(kind: FileKind, name: string): WinnowError | undefined {
  const unsupported = UNSUPPORTED[kind];
  if (unsupported !== undefined) return new UnsupportedError('unsupported-model', `${name}: ${unsupported}`);
  const invalid = INVALID[kind];
  if (invalid === undefined) return undefined;
  return new InvalidError(kind === 'empty' ? 'empty-file' : 'invalid-model', `${name}: ${invalid}`);
}
