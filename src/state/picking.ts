/**
 * Which of the files somebody gave are the ones a card asks for. By name and size only, to save them reading a
 * folder of a gigabyte; what a file really is, its content says when it is installed.
 */
import type { CardFile, ModelCard } from '../catalog/card';
import type { ModelState } from '../sdk/types';

export interface PickedFile {
  readonly file: Blob;
  /** With the folders it lay in, when they are known: `onnx/model.onnx`. */
  readonly path: string;
}

/** Of a file, what picking looks at. */
interface Sized {
  readonly path: string;
  readonly file: { readonly size: number };
}

export interface Picking<One extends Sized = PickedFile> {
  /** For every file of the card, in its order. */
  readonly wanted: readonly { readonly wanted: CardFile; readonly picked?: One }[];
  /** To be installed from. */
  readonly use: readonly One[];
  /** Given, but not needed. */
  readonly left: readonly One[];
  /** Every file that must be there is. */
  readonly complete: boolean;
  /** And every part of the network that may be left out: nothing is worth waiting for. */
  readonly full: boolean;
}

/** What no model is read from. */
const BESIDE =
  /(^|\/)(\.[^/]*|readme[^/]*|licen[cs]e[^/]*|notice[^/]*|[^/]+\.(md|txt|png|jpe?g|gif|webp|svg|py|ipynb|html|pdf|csv|mp4))$/i;
const PICKLE = /\.(bin|pt|pth|ckpt|pkl|pickle)$/i;
const GRAPH = /\.(safetensors|onnx|zip|pb)$/i;

export function pickedFor<One extends Sized>(card: ModelCard, files: readonly One[]): Picking<One> {
  const free = new Set(files.filter(({ path }) => !BESIDE.test(path)));
  const list = card.install?.files ?? [];
  const found = new Map<CardFile, One>();
  for (const fits of [sameSize, samePath, sameName, sameKind])
    for (const wanted of list) {
      if (found.has(wanted)) continue;
      const candidates = [...free].filter((picked) => fits(wanted, picked, list));
      // A kind says little: it counts only where it can mean one file.
      const picked = fits === sameKind && candidates.length !== 1 ? undefined : candidates[0];
      if (!picked) continue;
      found.set(wanted, picked);
      free.delete(picked);
    }
  const wanted = list.map((each) => {
    const picked = found.get(each);
    return { wanted: each, ...(picked && { picked }) };
  });
  const complete = list.length > 0 && list.every((each) => each.optional || found.has(each));
  const sure = [...found.values()];
  const use = complete
    ? files.filter(
        (each) => sure.includes(each) || (free.has(each) && sure.some((one) => goesWith(each, one))),
      )
    : readable(files);
  const full = complete && list.every((each) => found.has(each) || !NETWORK.includes(each.role));
  return { wanted, use, left: files.filter((each) => !use.includes(each)), complete, full };
}

const NETWORK: readonly CardFile['role'][] = ['weights', 'network', 'head'];

/** Whether only the head of a model is installed, which reads embeddings and nothing else. */
export function headOnly({ card, installed }: Pick<ModelState, 'card' | 'installed'>): boolean {
  if (installed && card.input.kind === 'embedding') return true;
  const parts = card.install?.files.filter(({ role }) => NETWORK.includes(role)) ?? [];
  if (!installed || !parts.some(({ role }) => role === 'head') || parts.length < 2) return false;
  const kept = installed.files.map(({ name, bytes }) => ({ path: name, file: { size: bytes } }));
  const { wanted } = pickedFor(card, kept);
  const here = (tower: boolean) =>
    wanted.some(
      ({ wanted: { role }, picked }) => picked && NETWORK.includes(role) && (role !== 'head') === tower,
    );
  return here(false) && !here(true);
}

/** Everything that may belong to a model. A pickle is left out only where the same folder has something better. */
export function readable<One extends Sized>(files: readonly One[]): readonly One[] {
  const kept = files.filter(({ path }) => !BESIDE.test(path));
  const better = kept.some(({ path }) => GRAPH.test(path));
  return better ? kept.filter(({ path }) => !PICKLE.test(path)) : kept.length > 0 ? kept : files;
}

/** Weights that a graph keeps in a file beside it: `model.onnx_data` of `model.onnx`. */
function goesWith({ path }: Sized, one: Sized): boolean {
  return /\.onnx$/i.test(one.path) && path !== one.path && base(path).startsWith(base(one.path));
}

function sameSize(wanted: CardFile, { file }: Sized): boolean {
  return wanted.bytes !== undefined && wanted.bytes === file.size;
}

function samePath(wanted: CardFile, { path }: Sized): boolean {
  return `/${path}`.endsWith(`/${wanted.path}`);
}

function sameName(wanted: CardFile, { path }: Sized): boolean {
  return base(path) === base(wanted.path);
}

function sameKind(wanted: CardFile, { path }: Sized, list: readonly CardFile[]): boolean {
  const end = ending(wanted.path);
  return ending(path) === end && list.filter((other) => ending(other.path) === end).length === 1;
}

function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

function ending(path: string): string {
  const name = base(path);
  return name.slice(name.lastIndexOf('.') + 1);
}

/**
 * The card these files belong to, when one card says so by the exact size of its largest file, or by all of its
 * names where no other card has them; `undefined` when none or several could be meant.
 */
export function cardFor(cards: readonly ModelCard[], files: readonly PickedFile[]): ModelCard | undefined {
  const candidates = cards.filter((card) => card.install);
  const bySize = candidates.filter((card) =>
    card.install!.files.some((wanted) => heavy(wanted) && files.some((picked) => sameSize(wanted, picked))),
  );
  if (bySize.length > 0) return bySize.length === 1 ? bySize[0] : undefined;
  const byPath = candidates.filter((card) =>
    card.install!.files.some(
      (wanted) => unusual(wanted, candidates) && files.some((picked) => samePath(wanted, picked)),
    ),
  );
  if (byPath.length > 0) return byPath.length === 1 ? byPath[0] : undefined;
  const byFolder = candidates.filter(({ source }) => files.some(({ path }) => inFolderOf(source.name, path)));
  return byFolder.length === 1 ? byFolder[0] : undefined;
}

/** Repositories are downloaded into folders of their names: `repo`, `owner--repo`, `models--owner--repo`. */
function inFolderOf(repository: string, path: string): boolean {
  const name = base(repository);
  const folders = path.toLowerCase().split('/').slice(0, -1);
  return folders.some((folder) => folder === name || folder.endsWith(`--${name}`));
}

/** Large enough that no other file has its size by chance. */
function heavy({ bytes = 0 }: CardFile): boolean {
  return bytes > 100_000;
}

function unusual(wanted: CardFile, cards: readonly ModelCard[]): boolean {
  if (wanted.role !== 'weights' && wanted.role !== 'network' && wanted.role !== 'head') return false;
  const common = cards.filter((card) =>
    card.install!.files.some((each) => base(each.path) === base(wanted.path)),
  );
  return common.length === 1 && !/^(pytorch_)?model[._]/.test(base(wanted.path));
}
