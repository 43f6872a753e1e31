/** A repository that somebody names: what there is to install from, and what is refused. */
import { asObject, parseJson } from '../../core/checkpoint/json';
import { PICKLE_REFUSAL } from '../../core/checkpoint/kinds';
import { FailedError, toWinnowError, UnsupportedError, type WinnowError } from '../../core/errors';
import { checkRepo, mirrorAddress, type PinnedFile, resolveAddress } from '../../core/hub/address';
import { HUB } from '../../core/hub/hosts';
import type {
  DownloadSource,
  FoundFile,
  FoundNetwork,
  FoundRepository,
  RepositoryRequest,
} from '../../rpc/downloads';
import { Asking, learnFile, type RepositoryInfo } from './learn';
import type { Means } from './means';

const SMALL = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];
/** Where a folder that cannot be listed may have its networks: as transformers.js and optimum name them. */
const USUAL = [
  ...['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_quantized.onnx', 'onnx/model_int8.onnx'],
  ...['model.onnx', 'model.safetensors'],
];
const NETWORK = /\.(onnx|safetensors)$/i;
const PICKLE = /\.(bin|pt|pth|ckpt|pkl|pickle)$/i;
/** Of `tokenizer.json`; configurations are far below. */
const MAX_SMALL_BYTES = 32 * 2 ** 20;
const MAX_NETWORKS = 100;

/** As `DownloadsContract.repository` says. */
export async function lookInto(
  request: RepositoryRequest,
  means: Means,
  signal: AbortSignal = new AbortController().signal,
): Promise<FoundRepository> {
  const { repo, revision = 'main', endpoint = HUB, mirror } = request;
  checkRepo(repo);
  const ask = new Asking(request, means, signal);
  const info = mirror === undefined ? await ask.info(endpoint, repo, revision) : undefined;
  if (info) refusePickles(info.files, repo);
  const version = { repo, revision: info?.commit ?? revision };
  const small = await smallFiles(ask, request, version, info);
  for (const { path, bytes } of small) refuseCode(path, new Uint8Array(bytes), repo);
  const networks = await networksOf(request, version, info, means, signal);
  if (networks.length === 0)
    throw new FailedError(
      'not-found',
      `There is no ONNX or safetensors file in ${repo}. Use another repository.`,
    );
  return { ...version, small, networks };
}

type Version = Pick<PinnedFile, 'repo' | 'revision'>;

async function smallFiles(
  ask: Asking,
  source: DownloadSource,
  version: Version,
  info: RepositoryInfo | undefined,
): Promise<{ path: string; bytes: ArrayBuffer }[]> {
  const files: { path: string; bytes: ArrayBuffer }[] = [];
  for (const path of SMALL) {
    if (info && !info.files.includes(path)) continue;
    const bytes = await optional(ask.small(addressOf(source, { ...version, path }), path, MAX_SMALL_BYTES));
    if (bytes) files.push({ path, bytes: bytes.buffer });
  }
  return files;
}

const addressOf = ({ endpoint = HUB, mirror }: DownloadSource, file: PinnedFile): string =>
  mirror === undefined ? resolveAddress(endpoint, file) : mirrorAddress(mirror, file.path);

/** Undefined where the source does not have it. */
const optional = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((thrown: unknown) => {
    if (toWinnowError(thrown).code === 'not-found') return undefined;
    throw thrown;
  });

async function networksOf(
  source: DownloadSource,
  { repo, revision }: Version,
  info: RepositoryInfo | undefined,
  means: Means,
  signal: AbortSignal,
): Promise<FoundNetwork[]> {
  const infos = new Map(info && [[`${repo}@${revision}`, info]]);
  const paths = info ? info.files.filter((path) => NETWORK.test(path)).slice(0, MAX_NETWORKS) : USUAL;
  const found = await Promise.all(
    paths.map((path) => optional(learnFile({ ...source, repo, revision, path }, means, signal, infos))),
  );
  return found.flatMap((one) => {
    if (!one) return [];
    const { path, bytes, sha256 } = one;
    // Weights that a graph keeps outside itself, as optimum and PyTorch name their files.
    const beside = (info?.files ?? []).filter((file) => file === `${path}_data` || file === `${path}.data`);
    return [{ path, bytes, ...(sha256 !== undefined && { sha256 }), ...(beside.length > 0 && { beside }) }];
  });
}

/**
 * For a card of somebody's own, before its files are fetched: rejects with UnsupportedError('unsupported-model') for
 * pickles and for a configuration that names Python code.
 */
export async function refuseForeign(
  source: DownloadSource,
  files: readonly FoundFile[],
  means: Means,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const ask = new Asking(source, means, signal);
  for (const file of files) {
    if (PICKLE.test(file.path)) throw refused(file.repo, PICKLE_REFUSAL);
    const config =
      file.path.split('/').at(-1) === 'config.json' || file.path.endsWith('tokenizer_config.json');
    if (config && file.bytes <= MAX_SMALL_BYTES)
      refuseCode(file.path, await ask.small(addressOf(source, file), file.path, MAX_SMALL_BYTES), file.repo);
  }
}

function refusePickles(files: readonly string[], repo: string): void {
  if (!files.some((path) => NETWORK.test(path)) && files.some((path) => PICKLE.test(path)))
    throw refused(repo, PICKLE_REFUSAL);
}

/** A configuration with `auto_map` tells Python which file of the repository to run. */
function refuseCode(path: string, bytes: Uint8Array, repo: string): void {
  if (!path.endsWith('config.json')) return;
  const config = asObject(parseJson(bytes, MAX_SMALL_BYTES, path), path);
  if (!Object.hasOwn(config, 'auto_map')) return;
  throw refused(
    repo,
    `It needs Python code of its own (auto_map in ${path}), which is never run here. Choose a repository without it, such as one in transformers.js format, or export the model to ONNX and choose the file.`,
  );
}

const refused = (repo: string, why: string): WinnowError =>
  new UnsupportedError('unsupported-model', `${repo}: ${why}`);
