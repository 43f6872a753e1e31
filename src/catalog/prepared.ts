/**
 * Prepared models as a site hosts them beside the app: `models/prepared/<id>/manifest.json` and files of at most 20 MiB,
 * each a chunk of what a browser keeps. `models/manifest.json` names each with its SHA-256, so that one glance at a file
 * that is read anyway tells what there is.
 */
import { asArray, asObject, asString, asWhole, own } from '../core/checkpoint/json';
import { parseStrictJson } from '../core/checkpoint/strict-json';
import { InvalidError } from '../core/errors';
import type { Precision } from '../core/policy/types';
import { type Layout, parseLayout } from '../core/prepare/layout';
import type { ModelCard, ModelFile } from './card';
import { FLAT_NAME } from './check';
import { checkFullCard } from './full-card';

/** Below the folder of the bundled models. */
export const PREPARED_FOLDER = 'prepared';
/** In a model's folder. */
export const PREPARED_MANIFEST = 'manifest.json';
/** Of a file: less than the 25 MiB that the strictest of the usual hosts takes. */
export const MOST_FILE_BYTES = 20 * 2 ** 20;
/** Of a manifest: a network of a thousand weights has 150 KB. */
export const MOST_MANIFEST_BYTES = 4 * 2 ** 20;
export const MOST_FILES = 1_000;
const MOST_OFFERS = 100;

/** What `models/manifest.json` says of a prepared model. */
export interface PreparedOffer {
  readonly id: string;
  readonly precision: Precision;
  /** Of all its files. */
  readonly bytes: number;
  readonly manifest: { readonly bytes: number; readonly sha256: string };
  /** Of a model that is in no catalog. */
  readonly card?: ModelCard;
}

/** A published file that it was made from. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The pieces of a kept model, each in its files, in order. */
export type PreparedPieces = Readonly<Partial<Record<PieceName, readonly ModelFile[]>>>;

export interface PreparedModel {
  readonly version: 1;
  readonly card: ModelCard;
  readonly precision: Precision;
  /** Of all files. */
  readonly bytes: number;
  readonly pieces: PreparedPieces;
  readonly layouts: Readonly<Partial<Record<'network' | 'head', Layout>>>;
  readonly files: readonly PublishedFile[];
}

const ROLES = ['network', 'head'] as const;
const PIECES = [
  ...['network.graph', 'network.weights', 'head.graph', 'head.weights', 'tokenizer', 'tokenizer-config'],
] as const;
export type PieceName = `${(typeof ROLES)[number]}.${'graph' | 'weights'}` | 'tokenizer' | 'tokenizer-config';

/** What runs without WebGPU, which is what there is. */
const PRECISIONS: readonly string[] = ['exact', 'int8', 'int8-blocks', 'half'] satisfies Precision[];
const SHA256 = /^[0-9a-f]{64}$/;

/** All files in the order in which they are kept. */
export const preparedFiles = ({ pieces }: PreparedModel): readonly ModelFile[] =>
  Object.values(pieces).flat();

/**
 * A prepared model's manifest, every field checked, so that nothing in it leads out of its folder or beyond its files.
 * Throws InvalidError('invalid-model').
 */
export function parsePrepared(bytes: Uint8Array): PreparedModel {
  if (bytes.byteLength > MOST_MANIFEST_BYTES) throw wrong('It is too large.');
  const rules = { depth: 16, entries: 100_000, list: 100_000 };
  const object = asObject(parseStrictJson(bytes, rules, 'The manifest'), 'The manifest');
  if (own(object, 'version') !== 1) throw wrong('It is of another version.');
  const card = checkFullCard(own(object, 'card'));
  const precision = precisionOf(own(object, 'precision'));
  const pieces = parsePieces(own(object, 'pieces'));
  const layouts = parseLayouts(own(object, 'layouts'), pieces);
  checkTokenizer(card, pieces, layouts);
  const all = Object.values(pieces).flat();
  if (new Set(all.map(({ path }) => path)).size !== all.length) throw wrong('It names a file twice.');
  const sum = sizeOf(all);
  if (all.length > MOST_FILES || asWhole(own(object, 'bytes'), 'Its size', 1) !== sum)
    throw wrong('Its files are not what it says.');
  const files = asArray(own(object, 'files'), 'The published files', MOST_FILES).map(publishedFile);
  return { version: 1, card, precision, bytes: sum, pieces, layouts, files };
}

/** The list of prepared models in `models/manifest.json`; none where it has no such list. Throws as `parsePrepared`. */
export function parseOffers(value: unknown): readonly PreparedOffer[] {
  if (value === undefined) return [];
  const offers = asArray(value, 'The list of prepared models', MOST_OFFERS).map(offer);
  if (new Set(offers.map(({ id }) => id)).size !== offers.length) throw wrong('It names a model twice.');
  return offers;
}

function offer(value: unknown): PreparedOffer {
  const object = asObject(value, 'A prepared model');
  const id = asString(own(object, 'id'), 'The id of a prepared model');
  if (!FLAT_NAME.test(id)) throw wrong('The id of a prepared model is no plain name.');
  const manifest = asObject(own(object, 'manifest'), `The manifest of ${id}`);
  const found = own(object, 'card');
  const card = found === undefined ? undefined : checkFullCard(found);
  if (card && card.id !== id) throw wrong(`The card of ${id} is another model’s.`);
  return {
    id,
    precision: precisionOf(own(object, 'precision')),
    bytes: within(own(object, 'bytes'), MOST_FILES * MOST_FILE_BYTES, `The size of ${id}`),
    manifest: {
      bytes: within(own(manifest, 'bytes'), MOST_MANIFEST_BYTES, `The size of ${id}’s manifest`),
      sha256: hash(own(manifest, 'sha256')),
    },
    ...(card && { card }),
  };
}

function parsePieces(value: unknown): PreparedPieces {
  const object = asObject(value, 'The list of pieces');
  const entries = Object.keys(object).map((name) => {
    if (!(PIECES as readonly string[]).includes(name)) throw wrong('It has a piece of no known kind.');
    const files = asArray(own(object, name), name, MOST_FILES).map(modelFile);
    // A network may be all graph; everything else is something.
    if (files.length === 0 && !name.endsWith('.weights')) throw wrong(`It has no file of its ${name}.`);
    return [name, files] as const;
  });
  return Object.fromEntries(entries);
}

function parseLayouts(value: unknown, pieces: PreparedPieces): PreparedModel['layouts'] {
  const object = asObject(value, 'The list of layouts');
  if (Object.keys(object).some((role) => !(ROLES as readonly string[]).includes(role)))
    throw wrong('It has a layout of no known kind.');
  const present = ROLES.filter((role) => own(object, role) !== undefined);
  if (present.length === 0) throw wrong('It has no network.');
  for (const role of ROLES) {
    const whole = Boolean(pieces[`${role}.graph`] && pieces[`${role}.weights`]);
    const some = Boolean(pieces[`${role}.graph`] || pieces[`${role}.weights`]);
    if (present.includes(role) ? !whole : some) throw wrong(`Its ${role} is not complete.`);
  }
  const layouts = present.map((role) => {
    const layout = parseLayout(own(object, role));
    if (sizeOf(pieces[`${role}.weights`]!) !== layout.keptBytes)
      throw wrong(`The weights of its ${role} are of another size than their layout.`);
    return [role, layout] as const;
  });
  return Object.fromEntries(layouts);
}

function checkTokenizer(card: ModelCard, pieces: PreparedPieces, layouts: PreparedModel['layouts']): void {
  const reads = card.input.kind === 'tokens';
  const has = Boolean(pieces.tokenizer);
  if (reads ? !has || !layouts.network : has || pieces['tokenizer-config'])
    throw wrong('Its tokenizer is missing, or has no use.');
}

function modelFile(value: unknown): ModelFile {
  const object = asObject(value, 'A file');
  const path = asString(own(object, 'path'), 'The name of a file');
  if (!FLAT_NAME.test(path) || path === PREPARED_MANIFEST) throw wrong('A file has no plain name.');
  return {
    path,
    bytes: within(own(object, 'bytes'), MOST_FILE_BYTES, 'The size of a file'),
    sha256: hash(own(object, 'sha256')),
  };
}

function publishedFile(value: unknown): PublishedFile {
  const object = asObject(value, 'A published file');
  return {
    name: asString(own(object, 'name'), 'The name of a published file'),
    bytes: asWhole(own(object, 'bytes'), 'The size of a published file', 0),
    sha256: hash(own(object, 'sha256')),
  };
}

const sizeOf = (files: readonly ModelFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

function precisionOf(value: unknown): Precision {
  if (typeof value === 'string' && PRECISIONS.includes(value)) return value as Precision;
  throw wrong('Its precision is none that runs here.');
}

function within(value: unknown, most: number, what: string): number {
  const bytes = asWhole(value, what, 1);
  if (bytes > most) throw wrong(`${what} is over ${most} bytes.`);
  return bytes;
}

function hash(value: unknown): string {
  if (typeof value === 'string' && SHA256.test(value)) return value;
  throw wrong('A SHA-256 has 64 hex digits in lower case.');
}

const wrong = (why: string): InvalidError => new InvalidError('invalid-model', why);
