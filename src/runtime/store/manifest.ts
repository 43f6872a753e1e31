/** What is recorded of a kept model. It is read back as data that anybody with access to the disk may have changed. */
import type { ModelCard } from '../../catalog/card';
import { cardProblem } from '../../catalog/check';
import { asArray, asObject, asString, asWhole, own } from '../../core/checkpoint/json';
import { FailedError, InvalidError } from '../../core/errors';
import type { Precision } from '../../core/policy/types';
import { type Layout, parseLayout } from '../../core/prepare/layout';
import type { Installed, InstalledFile, KeptModel, Origin } from '../../rpc/contract';
import type { Verification } from '../../rpc/downloads';
import { isQuickHash } from '../quick-hash';

/** A stored chunk: its number within the model, its size, and the hash of what was written. */
export interface ChunkRef {
  readonly i: number;
  readonly bytes: number;
  /** Hex, lower case. */
  readonly sha256: string;
}

/** `network` takes the content; `head` takes an embedding. */
export type Role = 'network' | 'head';

/** What the model should answer on an input made in code. */
export interface ReferenceCase {
  readonly probe: string;
  /** Probabilities, or the embedding where there is no head. */
  readonly values: readonly number[];
}

export interface Reference {
  /** Answers in full precision. Absent: those of the flavour that is kept, on the machine that it was installed on. */
  readonly kind?: 'exact';
  readonly tolerance: number;
  readonly cases: readonly ReferenceCase[];
  /** Numbers of what the network's first layers gave on this machine when all of it was checked (`runtime/beginning`). */
  readonly beginning?: readonly number[];
}

/** A network's first layers by themselves, and what they are fed with. */
export interface Beginning {
  /** On the weights of the network. */
  readonly graph: Uint8Array;
  readonly input: string;
  readonly dims: readonly number[];
}

export interface Manifest {
  readonly version: 1;
  /** Names this installation's chunks, so that a second one does not write over the first. */
  readonly generation: string;
  readonly card: ModelCard;
  readonly precision: Precision;
  readonly at: string;
  readonly bytes: number;
  readonly files: Installed['files'];
  readonly origin?: Origin;
  /** By name, such as `network.weights`, `network.graph`, `tokenizer`. */
  readonly pieces: Readonly<Record<string, readonly ChunkRef[]>>;
  readonly layouts: Readonly<Partial<Record<Role, Layout>>>;
  readonly reference: Reference;
  readonly beginning?: Beginning;
  /** Of roles whose weights are read one by one; they are compared as they are read, all others before. */
  readonly reads?: Readonly<Partial<Record<Role, Reads>>>;
}

const VERIFICATIONS: readonly Verification[] = ['verified', 'complete, not verified'];
const ORIGINS: readonly Origin['kind'][] = ['files', 'hub', 'mirror', 'bundle'];
/** How weights are read, taken down when they were installed. Hashes are of `runtime/quick-hash`. */
export interface Reads {
  /** Weights by their places in the layout, in the order in which the runtime asks for them. */
  readonly order: readonly number[];
  /** Hash of every weight, by its place in the layout. */
  readonly weights: readonly string[];
  /** Hash of every page of the tables, first to last. */
  readonly pages: readonly string[];
}

const PRECISIONS: readonly string[] = ['exact', 'int8', 'int8-blocks', 'half'] satisfies Precision[];

/** The record of `id`, or why it cannot be used: FailedError('asset-corrupt'). */
export function parseManifest(value: unknown, id: string): Manifest {
  try {
    return parsed(value, id);
  } catch (cause) {
    const why = cause instanceof Error ? ` ${cause.message}` : '';
    throw new FailedError(
      'asset-corrupt',
      `What this browser keeps of ${id} is not usable. Remove it and install it again.${why}`,
      {},
      { cause },
    );
  }
}

function parsed(value: unknown, id: string): Manifest {
  const object = asObject(value, 'The record');
  if (own(object, 'version') !== 1) throw new InvalidError('invalid-model', 'It is of another version.');
  const card = own(object, 'card');
  const problem = cardProblem(card);
  if (problem !== undefined) throw new InvalidError('invalid-model', `Its card ${problem}.`);
  if ((card as ModelCard).id !== id) throw new InvalidError('invalid-model', 'It belongs to another model.');
  const precision = asString(own(object, 'precision'), 'The precision');
  if (!PRECISIONS.includes(precision))
    throw new InvalidError('invalid-model', `The precision is ${precision}.`);
  const pieces = Object.entries(asObject(own(object, 'pieces'), 'The list of pieces')).map(
    ([name, refs]) => [name, asArray(refs, name, 100_000).map(chunkRef)] as const,
  );
  const layouts = Object.entries(asObject(own(object, 'layouts'), 'The list of layouts')).map(
    ([role, layout]) => [role, parseLayout(layout)] as const,
  );
  const origin = originOf(own(object, 'origin'));
  return {
    ...(origin && { origin }),
    version: 1,
    generation: asString(own(object, 'generation'), 'The generation'),
    card: card as ModelCard,
    precision: precision as Precision,
    at: asString(own(object, 'at'), 'The date'),
    bytes: asWhole(own(object, 'bytes'), 'The size', 0),
    files: asArray(own(object, 'files'), 'The list of files', 10_000).map(file),
    pieces: Object.fromEntries(pieces),
    layouts: Object.fromEntries(layouts),
    reference: reference(own(object, 'reference')),
    ...beginningOf(own(object, 'beginning')),
    ...readsOf(own(object, 'reads'), Object.fromEntries(layouts)),
  };
}

function chunkRef(value: unknown): ChunkRef {
  const object = asObject(value, 'A chunk');
  return {
    i: asWhole(own(object, 'i'), 'A chunk’s number', 0),
    bytes: asWhole(own(object, 'bytes'), 'A chunk’s size', 0),
    sha256: asString(own(object, 'sha256'), 'A chunk’s hash'),
  };
}

function file(value: unknown): InstalledFile {
  const object = asObject(value, 'A file');
  const hash = own(object, 'sha256');
  const [repo, revision] = [own(object, 'repo'), own(object, 'revision')];
  const verification = VERIFICATIONS.find((one) => one === own(object, 'verification'));
  return {
    name: asString(own(object, 'name'), 'A file’s name'),
    bytes: asWhole(own(object, 'bytes'), 'A file’s size', 0),
    ...(hash !== undefined && { sha256: asString(hash, 'A hash') }),
    ...(repo !== undefined && { repo: asString(repo, 'A repository') }),
    ...(revision !== undefined && { revision: asString(revision, 'A revision') }),
    ...(verification && { verification }),
    ...(own(object, 'partial') === true && { partial: true }),
  };
}

/** Where it came from; what says nothing of use is left out, for the model works without. */
function originOf(value: unknown): Origin | undefined {
  const { kind, url, hosts } = (value ?? {}) as { kind?: unknown; url?: unknown; hosts?: unknown };
  const known = ORIGINS.find((one) => one === kind);
  if (!known) return undefined;
  return {
    kind: known,
    ...(typeof url === 'string' && { url }),
    ...(Array.isArray(hosts) && { hosts: hosts.filter((host) => typeof host === 'string') }),
  };
}

/** As it is listed. */
export function keptModel(manifest: Manifest): KeptModel {
  const { card, precision, bytes, at, files, origin, reference: compared } = manifest;
  const more = { ...(compared.kind && { reference: compared.kind }), ...(origin && { origin }) };
  return { card, installed: { precision, bytes, at, files, ...more } };
}

/** Values of the largest picture that a network is fed with, and more. */
const MOST_VALUES = 16e6;

/** What is not usable counts as absent: then all of the network is asked. */
function beginningOf(value: unknown): Pick<Manifest, 'beginning'> {
  const { graph, input, dims } = (value ?? {}) as { graph?: unknown; input?: unknown; dims?: unknown };
  const sizes = isNumbers(dims) && dims.every((size) => Number.isSafeInteger(size) && size > 0) ? dims : [];
  const count = sizes.reduce((product, size) => product * size, 1);
  if (!(graph instanceof Uint8Array) || typeof input !== 'string') return {};
  return sizes.length === 0 || count > MOST_VALUES ? {} : { beginning: { graph, input, dims: sizes } };
}

/** Of each weight: one that is folded into another is read twice, and those of the first layers once more. */
export const MOST_READS = 3;

/** What is not usable counts as absent: then everything is compared before it is read. */
function readsOf(value: unknown, layouts: Manifest['layouts']): Pick<Manifest, 'reads'> {
  const usable = (['network', 'head'] as const).flatMap((role) => {
    const reads = (value as Manifest['reads'])?.[role];
    const count = layouts[role]?.weights.length ?? 0;
    const isPlace = (at: unknown) =>
      Number.isSafeInteger(at) && (at as number) >= 0 && (at as number) < count;
    const { order, weights, pages } = { ...reads };
    const sound = Array.isArray(order) && order.length <= MOST_READS * count && order.every(isPlace);
    const hashed = isHashes(weights) && weights.length === count && isHashes(pages);
    return sound && hashed ? [[role, { order, weights, pages } as Reads] as const] : [];
  });
  return usable.length > 0 ? { reads: Object.fromEntries(usable) } : {};
}

const isHashes = (list: unknown): list is string[] => Array.isArray(list) && list.every(isQuickHash);

function reference(value: unknown): Reference {
  const object = asObject(value, 'The reference');
  const tolerance = own(object, 'tolerance');
  // A tolerance of one would let every answer pass.
  if (typeof tolerance !== 'number' || !(tolerance > 0 && tolerance <= 0.1))
    throw new InvalidError('invalid-model', 'The tolerance of its check is not one.');
  const cases = asArray(own(object, 'cases'), 'The cases', 100).map((entry) => {
    const each = asObject(entry, 'A case');
    const values = asArray(own(each, 'values'), 'The answers', 100_000);
    if (values.length === 0 || !values.every((number) => Number.isFinite(number)))
      throw new InvalidError('invalid-model', 'An answer of its check is not finite.');
    return { probe: asString(own(each, 'probe'), 'A probe'), values: values as number[] };
  });
  if (cases.length === 0) throw new InvalidError('invalid-model', 'Its check is empty.');
  const beginning = own(object, 'beginning');
  return {
    ...(own(object, 'kind') === 'exact' && { kind: 'exact' as const }),
    ...{ tolerance, cases },
    // Of no use is as good as absent: then all of it is asked.
    ...(isNumbers(beginning) && { beginning }),
  };
}

const isNumbers = (list: unknown): list is number[] =>
  Array.isArray(list) && list.length > 0 && list.every((each) => Number.isFinite(each));
