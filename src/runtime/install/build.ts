/** Opened files and a card → networks to be prepared, and the card they are kept under. */
import type { ModelCard } from '../../catalog/card';
import { FAMILIES, familyById } from '../../core/architectures';
import type { Family, Network } from '../../core/architectures/family';
import { guard } from '../../core/architectures/guard';
import { type AdoptedNetwork, adoptOnnx } from '../../core/architectures/onnx';
import { Settings } from '../../core/architectures/settings';
import type { JsonObject } from '../../core/checkpoint/json';
import type { OpenedCheckpoint } from '../../core/checkpoint/open';
import type { ByteSource } from '../../core/checkpoint/source';
import type { Checkpoint } from '../../core/checkpoint/stored';
import { shown } from '../../core/checkpoint/strict-json';
import { InvalidError, UnsupportedError } from '../../core/errors';
import { preprocessorInput } from '../../core/image/preprocessor-config';
import { readOnnx } from '../../core/onnx/read';
import type { Precision } from '../../core/policy/types';
import type { Role } from '../store/manifest';
import { compareWithCard, type Says } from './compare';
import { completeCard } from './complete';
import { chooseOnnx } from './onnx-file';

export interface BuiltPart {
  readonly role: Role;
  readonly network: Network;
  /** The same network with every digit of its files, where it is kept with fewer. */
  readonly inFull?: () => Network;
  /** What to do where the one is too far from the other. */
  readonly instead?: string;
}

export interface Built {
  readonly card: ModelCard;
  readonly parts: readonly BuiltPart[];
  /** Of the network that takes the content, or of the head where there is no other. */
  readonly precision: Precision;
  readonly tokenizer?: ByteSource;
  readonly tokenizerConfig?: JsonObject;
}

export interface BuildOptions {
  readonly precision: Precision | undefined;
  /** Somebody's own card. */
  readonly own: boolean;
  readonly signal?: AbortSignal | undefined;
}

const HEAD = 'mlp-head';
const FULL_FILE = 'Choose its file in full precision, model.onnx, and install it as exact.';

/**
 * Recognises the files' family, builds its graph and compares what the files say with the card, which is completed from
 * them where it leaves something out. Throws as readers and families do; InvalidError('invalid-model') where files and
 * card, or tower and head, do not belong together; UnsupportedError('unsupported-model') where nothing fits.
 */
export async function buildModel(
  card: ModelCard,
  opened: OpenedCheckpoint,
  options: BuildOptions,
): Promise<Built> {
  const wanted = options.precision ?? card.install?.precision.wasm ?? 'exact';
  const main = await mainPart(card, opened, wanted, options);
  const head = opened.head && familyById(HEAD)!.build({}, opened.head, { precision: 'exact' });
  if (head && main?.role === 'head')
    throw new InvalidError('invalid-model', 'These files hold two heads. Choose one of them, and its tower.');
  const parts: BuiltPart[] = [
    ...(main
      ? [
          {
            ...{ role: main.role, network: main.network },
            ...(main.inFull && { inFull: main.inFull }),
            ...(main.instead && { instead: main.instead }),
          },
        ]
      : []),
    ...(head ? [{ role: 'head' as const, network: head }] : []),
  ];
  const final = checkedCard(card, opened, parts, main?.activation, options.own);
  const tokens = final.input.kind === 'tokens';
  if (tokens && !opened.tokenizer)
    throw new InvalidError(
      'invalid-model',
      `${final.name} reads text through its tokenizer.json, which is missing. Choose it with the other files.`,
    );
  return {
    card: withUnused(final, main?.network.says.unused),
    parts,
    precision: main?.precision ?? 'exact',
    ...(tokens && opened.tokenizer && { tokenizer: opened.tokenizer }),
    ...(tokens && opened.tokenizerConfig && { tokenizerConfig: opened.tokenizerConfig }),
  };
}

interface MainPart extends BuiltPart {
  readonly precision: Precision;
  readonly activation?: 'softmax' | 'sigmoid';
}

/** The part made from safetensors or ONNX; undefined where there is only a SavedModel's head. */
async function mainPart(
  card: ModelCard,
  opened: OpenedCheckpoint,
  precision: Precision,
  { own, signal }: BuildOptions,
): Promise<MainPart | undefined> {
  const { weights, onnx, config = {} } = opened;
  const family = weights && familyOf(card, config, weights, own);
  if (family && weights) {
    const role = family.id === HEAD ? 'head' : 'network';
    // A head has a million weights: 8 bits would save nothing and cost digits.
    const used = role === 'head' ? 'exact' : precision;
    const built = (as: Precision) => family.build(config, weights, { precision: as });
    const inFull = used === 'exact' ? {} : { inFull: () => built('exact') };
    return { role, network: built(used), precision: used, ...inFull };
  }
  if (onnx.length > 0) return onnxPart(card, opened, precision, own, signal);
  if (weights) throw noFamily(card, config);
  return undefined;
}

function familyOf(
  card: ModelCard,
  config: JsonObject,
  weights: Checkpoint,
  own: boolean,
): Family | undefined {
  const named = familyById(card.install?.family ?? '');
  if (named?.matches(config, weights)) return named;
  const found = FAMILIES.find((family) => family.matches(config, weights));
  // The tower of a card may be left out: its head alone scores ready-made embeddings.
  if (!named || own || !found || found.id === HEAD) return found;
  throw new InvalidError(
    'invalid-model',
    `These files are of the family ${found.id}; ${card.name} is of ${named.id}. Choose the files of ${card.source.name}.`,
  );
}

async function onnxPart(
  card: ModelCard,
  opened: OpenedCheckpoint,
  precision: Precision,
  own: boolean,
  signal?: AbortSignal,
): Promise<MainPart> {
  const file = chooseOnnx(card, opened.onnx, precision);
  const beside = new Map(
    opened.ignored.map(({ file: other }) => [other.name.split('/').at(-1) ?? other.name, other]),
  );
  const model = await readOnnx(file, signal, beside);
  if (card.install?.family === guard.id) {
    const inFull = precision === 'exact' ? {} : { inFull: () => guard.inFull(model, precision) };
    // Its float32 cannot be had from a file in 8 bits.
    const instead = guard.inCodes(model)
      ? { instead: precision === 'int8' ? FULL_FILE : `Install it as int8, or ${FULL_FILE.toLowerCase()}` }
      : {};
    const network = guard.fromOnnx(model, { precision });
    return { role: 'network', network, precision, ...inFull, ...instead };
  }
  if (!own && card.install?.family !== 'onnx')
    throw new InvalidError(
      'invalid-model',
      `${file.name} is an ONNX file, which ${card.name} is not installed from. Choose the files of ${card.source.name}.`,
    );
  const network: AdoptedNetwork = adoptOnnx(model, card.task);
  const { activation } = network;
  return { role: 'network', network, precision: network.precision, ...(activation && { activation }) };
}

function noFamily(card: ModelCard, config: JsonObject): UnsupportedError {
  const name = [config.architecture, config.model_type].find((value) => typeof value === 'string');
  const what = name
    ? `The architecture ${String(name).slice(0, 60)}`
    : 'These tensors, without a config.json,';
  return new UnsupportedError(
    'unsupported-model',
    `${what} cannot be run as ${card.name}. Choose the folder with its config.json, or an ONNX file of the model.`,
  );
}

/** The card, complete and in agreement with what the files say of labels, pixels, classes and embeddings. */
function checkedCard(
  card: ModelCard,
  opened: OpenedCheckpoint,
  parts: readonly BuiltPart[],
  activation: 'softmax' | 'sigmoid' | undefined,
  own: boolean,
): ModelCard {
  const network = parts.find(({ role }) => role === 'network')?.network;
  const head = parts.find(({ role }) => role === 'head')?.network;
  const last = head ?? network!;
  const pixels = opened.preprocessor && network ? preprocessorInput(opened.preprocessor) : undefined;
  const labels = last.says.labels ?? configLabels(opened);
  const says: Says = { ...(labels && { labels }), input: { ...network?.says.input, ...pixels } };
  const classes = classesOf(last);
  const complete = withEmbedding(own ? completeCard(card, says, classes) : card, parts);
  // Each by itself: one that contradicts the other must not hide it.
  for (const input of [network?.says.input, pixels]) if (input) compareWithCard(complete, { input }, { own });
  if (labels) compareWithCard(complete, { labels }, { own });
  checkShapes(complete, classes, network, head);
  if (activation && activation !== complete.activation)
    throw new InvalidError(
      'invalid-model',
      `The network ends in a ${activation}; the card of ${complete.name} says ${complete.activation}. Correct the card.`,
    );
  return complete;
}

/** An ONNX file names no labels; the config beside it does. */
function configLabels({ config, weights }: OpenedCheckpoint): readonly string[] | undefined {
  return config && !weights ? new Settings(config).labels('id2label') : undefined;
}

/** Scores that a network gives; undefined where its graph does not say. */
function classesOf({ graph }: Network): number | undefined {
  const size = graph.outputs.find(({ name }) => name === 'logits')?.shape?.at(-1);
  return typeof size === 'number' ? size : undefined;
}

function checkShapes(card: ModelCard, classes: number | undefined, network?: Network, head?: Network): void {
  const wrong = (why: string) => new InvalidError('invalid-model', why);
  const gives = (network ?? head)!.graph.outputs.some(({ name }) => name === 'logits') || head !== undefined;
  if (!gives)
    throw wrong(
      `These files hold a network that gives embeddings and no scores. Choose the head of ${card.name} too.`,
    );
  if (classes !== undefined && classes !== card.labels.length)
    throw wrong(
      `The network gives ${classes} scores; the card of ${card.name} names ${card.labels.length} labels. Correct the card, or choose other files.`,
    );
  const [tower, width] = [network?.says.embedding, head?.says.embedding];
  if (tower && width && tower !== width)
    throw wrong(
      `The tower gives ${tower} numbers and the head reads ${width}: they are not of one model. Choose the tower that the head was trained on.`,
    );
}

/** Tensors named in a sentence. */
const NAMED = 3;

/** Says among the model's limits what its file has beside the network. */
function withUnused(card: ModelCard, unused: readonly string[] = []): ModelCard {
  if (unused.length === 0) return card;
  const rest = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : '';
  const names = `${unused.slice(0, NAMED).map(shown).join(', ')}${rest}`;
  const said = `Its file has tensors that its network never reads, and they are left out: ${names}.`;
  return { ...card, limits: [...card.limits, said] };
}

function withEmbedding(card: ModelCard, parts: readonly BuiltPart[]): ModelCard {
  const width = parts.map(({ network }) => network.says.embedding).find((each) => each > 0);
  if (card.embedding && width && card.embedding.width !== width)
    throw new InvalidError(
      'invalid-model',
      `The network gives embeddings of ${width} numbers; the card of ${card.name} says ${card.embedding.width}.`,
    );
  return card.embedding || !width ? card : { ...card, embedding: { width, normalised: false } };
}
