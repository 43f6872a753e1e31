/**
 * What the files of a model say of themselves, as a start for its card: timm's and transformers' `config.json`,
 * transformers' `preprocessor_config.json` and `tokenizer_config.json`. Untrusted: only plain values are taken.
 */
import type { ImageInput, ModelCard } from '../catalog/card';
import { cardFor, type PickedFile } from './picking';

/** Larger is no configuration. */
const MAX_BYTES = 1_048_576;
const MAX_LABELS = 1_000;

export interface Suggestion {
  readonly task?: 'image' | 'text';
  /** As the file names it: `vit_tiny_patch16_384`, `ViTForImageClassification`. */
  readonly architecture?: string;
  readonly labels?: readonly string[];
  readonly size?: number;
  readonly mean?: readonly [number, number, number];
  readonly std?: readonly [number, number, number];
  readonly resample?: ImageInput['resample'];
  readonly fit?: ImageInput['fit'];
  readonly cropFraction?: number;
  readonly activation?: 'softmax' | 'sigmoid';
  readonly maxTokens?: number;
  /** Files that were read for it. */
  readonly from: readonly string[];
}

type Plain = Readonly<Record<string, unknown>>;

/** Reads the configuration files among those picked. Never throws: what cannot be read suggests nothing. */
export async function suggest(files: readonly PickedFile[]): Promise<Suggestion> {
  const named = async (name: string): Promise<Plain | undefined> => {
    const found = files.find(({ path }) => path.toLowerCase().split('/').at(-1) === name);
    return found && record(await json(found.file));
  };
  const config = await named('config.json');
  const pixels = await named('preprocessor_config.json');
  const words = await named('tokenizer_config.json');
  const text = words !== undefined || files.some(({ path }) => /(^|\/)tokenizer\.json$/i.test(path));
  return {
    ...(config && fromConfig(config)),
    ...(pixels && fromPixels(pixels)),
    ...(text && { task: 'text' as const, ...limit(words, config) }),
    from: [
      ...(config ? ['config.json'] : []),
      ...(pixels ? ['preprocessor_config.json'] : []),
      ...(words ? ['tokenizer_config.json'] : []),
    ],
  };
}

/**
 * The card these files are those of: by a file's exact size or its name, by the folder's name, or by what their
 * configuration says of labels and size. `undefined` when that is none or could be several.
 */
export async function recognise(
  cards: readonly ModelCard[],
  files: readonly PickedFile[],
): Promise<ModelCard | undefined> {
  const known = cardFor(cards, files);
  if (known) return known;
  const { labels, size } = await suggest(files);
  const same = cards.filter(
    ({ labels: ours, input }) =>
      labels?.map(plain).join() === ours.map(({ name }) => plain(name)).join() &&
      input.kind === 'image' &&
      input.width === size,
  );
  return same.length === 1 ? same[0] : undefined;
}

const plain = (label: string): string => label.trim().toLowerCase();

function fromConfig(config: Plain): Omit<Suggestion, 'from'> {
  const timm = record(config.pretrained_cfg);
  const architecture =
    text(config.architecture) ?? text(list(config.architectures)?.[0]) ?? text(config.model_type);
  const labels = names(config.label_names) ?? names(timm?.label_names) ?? byNumber(config.id2label);
  const side = list(timm?.input_size)?.[1] ?? record(config.vision_config)?.image_size ?? config.image_size;
  return {
    ...(timm || side !== undefined || sizeIn(architecture) ? { task: 'image' as const } : {}),
    ...optional('architecture', architecture),
    ...optional('labels', labels),
    ...optional('size', whole(side) ?? sizeIn(architecture)),
    ...optional('mean', three(timm?.mean)),
    ...optional('std', three(timm?.std)),
    ...optional('resample', filter(timm?.interpolation)),
    ...(timm && { fit: timm.crop_mode === 'squash' ? ('stretch' as const) : ('crop' as const) }),
    ...optional('cropFraction', fraction(timm?.crop_pct)),
    ...(config.problem_type === 'multi_label_classification' ? { activation: 'sigmoid' as const } : {}),
  };
}

/** timm's names end in the size: `eva02_base_patch14_448`. */
function sizeIn(architecture: string | undefined): number | undefined {
  return whole(Number(/_patch\d+_(\d{2,4})$/.exec(architecture ?? '')?.[1]));
}

function fromPixels(pixels: Plain): Omit<Suggestion, 'from'> {
  const size = record(pixels.size);
  const crop = record(pixels.crop_size);
  const short =
    whole(size?.shortest_edge) ?? (pixels.do_center_crop === true ? whole(size?.height) : undefined);
  const side =
    whole(crop?.height) ?? whole(pixels.crop_size) ?? whole(size?.height) ?? whole(pixels.size) ?? short;
  const cuts = pixels.do_center_crop === true || (short !== undefined && size?.height === undefined);
  return {
    task: 'image',
    ...optional('size', side),
    ...optional('mean', three(pixels.image_mean)),
    ...optional('std', three(pixels.image_std)),
    ...optional('resample', filter(pixels.resample)),
    fit: cuts ? 'crop' : 'stretch',
    ...(cuts && short && side ? optional('cropFraction', fraction(side / short)) : { cropFraction: 1 }),
  };
}

function limit(words: Plain | undefined, config: Plain | undefined): { maxTokens?: number } {
  // Some tokenizers say 10^30 for "no limit".
  const most = [words?.model_max_length, config?.max_position_embeddings]
    .map(whole)
    .filter((each) => each !== undefined);
  return most.length === 0 ? {} : { maxTokens: Math.min(...most) };
}

async function json(file: Blob): Promise<unknown> {
  if (file.size > MAX_BYTES) return undefined;
  try {
    return JSON.parse(await file.text());
  } catch {
    return undefined;
  }
}

function record(value: unknown): Plain | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : undefined;
}

function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 ? value : undefined;
}

function names(value: unknown): readonly string[] | undefined {
  const all = list(value);
  if (!all || all.length === 0 || all.length > MAX_LABELS) return undefined;
  return all.every((each) => text(each) !== undefined) ? (all as readonly string[]) : undefined;
}

/** `{"0": "normal", "1": "nsfw"}`, in the order of the numbers. */
function byNumber(value: unknown): readonly string[] | undefined {
  const found = record(value);
  if (!found) return undefined;
  return names(Array.from({ length: Object.keys(found).length }, (_, at) => found[at]));
}

function whole(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 1e6
    ? (value as number)
    : undefined;
}

function fraction(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value <= 1 ? value : undefined;
}

function three(value: unknown): readonly [number, number, number] | undefined {
  const all = list(value);
  return all?.length === 3 && all.every((each) => Number.isFinite(each))
    ? (all as unknown as readonly [number, number, number])
    : undefined;
}

/** Pillow's numbers, or timm's words. */
function filter(value: unknown): ImageInput['resample'] | undefined {
  if (value === 3 || value === 'bicubic') return 'bicubic';
  if (value === 2 || value === 'bilinear') return 'bilinear';
  return undefined;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}
