/** The card of a model of one's own: the form somebody fills in, what is wrong with it, the card it makes. */
import type { CardFile, CardScore, ImageInput, ModelCard } from '../catalog/card';
import type { Suggestion } from './own-config';
import type { PickedFile } from './picking';

export interface OwnLabel {
  readonly name: string;
  readonly risk: boolean;
  readonly review: string;
  readonly block: string;
}

/** Numbers are as typed; validation reads them. */
export interface OwnForm {
  readonly name: string;
  /** `embedding`: a head alone, which scores ready-made ones. */
  readonly reads: 'image' | 'text' | 'embedding';
  /** In the order of the network's outputs. */
  readonly labels: readonly OwnLabel[];
  readonly activation: 'softmax' | 'sigmoid';
  readonly size: string;
  readonly mean: string;
  readonly std: string;
  readonly resample: ImageInput['resample'];
  readonly fit: ImageInput['fit'];
  /** Percent of the picture's short side that is kept. */
  readonly crop: string;
  readonly maxTokens: string;
  readonly architecture: string;
}

/** By field; labels as `label-0`, their lines as `line-0`. */
export type OwnErrors = Readonly<Record<string, string>>;

export type OwnResult = { readonly card: ModelCard } | { readonly errors: OwnErrors };

/** Names that say "nothing to see". Every other label is taken for a risk until somebody says otherwise. */
const HARMLESS = /^(normal|neutral|none|other|ok|okay|benign|negative|sfw|clean|(non|not|no)[-_ ].+)$/i;

export const NO_LABEL: OwnLabel = { name: '', risk: true, review: '0.5', block: '0.8' };

const OWN = 'own-';
/** Of a card that was made from files on this machine. */
export const OWN_SOURCE = 'your model';

export function isOwn({ id }: Pick<ModelCard, 'id'>): boolean {
  return id.startsWith(OWN);
}

/** A form that starts from what the files say. */
export function startForm(found: Suggestion, files: readonly PickedFile[]): OwnForm {
  const labels = found.labels ?? [];
  return {
    name: folderOf(files),
    reads: found.task ?? 'image',
    labels:
      labels.length > 0
        ? labels.map((name) => ({ ...NO_LABEL, name, risk: !HARMLESS.test(name) }))
        : [NO_LABEL, { ...NO_LABEL, risk: false }],
    activation: found.activation ?? 'softmax',
    size: String(found.size ?? 224),
    mean: (found.mean ?? [0.5, 0.5, 0.5]).join(', '),
    std: (found.std ?? [0.5, 0.5, 0.5]).join(', '),
    resample: found.resample ?? 'bicubic',
    fit: found.fit ?? 'stretch',
    crop: String(round((found.cropFraction ?? 1) * 100)),
    maxTokens: String(found.maxTokens ?? 512),
    architecture: found.architecture ?? '',
  };
}

/** The folder the files came in names the model better than `model.safetensors` does. */
function folderOf(files: readonly PickedFile[]): string {
  const folders = files.map(({ path }) => path.split('/')).filter((parts) => parts.length > 1);
  return folders[0]?.[0]?.slice(0, 80) ?? '';
}

/** Files of a repository at one commit, in place of files on this machine. */
export interface Published {
  readonly repo: string;
  readonly revision: string;
  readonly files: readonly CardFile[];
}

export type OwnFiles = readonly PickedFile[] | Published;

/** The card, or every field that is wrong with what to do. `taken`: ids that are in use. */
export function ownCard(form: OwnForm, from: OwnFiles, taken: readonly string[]): OwnResult {
  const published = 'repo' in from ? from : undefined;
  const files = 'repo' in from ? from.files : from.map(cardFile);
  const errors: Record<string, string> = {};
  const name = form.name.trim();
  if (name === '') errors.name = 'Give it a name to find it by.';
  else if (name.length > 80) errors.name = 'Shorten it to 80 characters.';
  if (files.length === 0) errors.files = published ? 'Choose its network.' : 'Choose the files of the model.';
  const scores = readScores(form, errors);
  const input = readInput(form, errors);
  if (Object.keys(errors).length > 0 || !input) return { errors };
  const id = freeId(name, taken);
  const facts = { image: `Image · ${form.size} px`, text: 'Text', embedding: 'Embeddings' }[form.reads];
  return {
    card: {
      id,
      name,
      task: form.reads === 'text' ? 'text' : 'image',
      summary: `${KINDS[form.reads]} classifier of your own with ${form.labels.length} labels.`,
      facts: `${facts} · ${form.labels.length} labels`,
      source: sourceOf(published),
      licence: 'Not stated',
      languages: [],
      intendedUse: 'What its authors say. Winnow knows only what you filled in.',
      notFor: [],
      limits: [
        'Winnow has no reference answers for this model: that it runs is checked, not that its scores are right.',
        'Its labels, size and normalisation are as you filled them in. If one is wrong, so are its scores.',
      ],
      labels: form.labels.map((label) => ({ name: label.name.trim() })),
      scores,
      input,
      activation: form.activation,
      thresholdNote: 'Your own starting point, not calibrated on your data.',
      install: {
        family: familyOf(form, files),
        files,
        precision: { wasm: 'exact', webgpu: 'exact' },
      },
    },
  };
}

function sourceOf(published: Published | undefined): ModelCard['source'] {
  // As errors say it: "Choose the files of your model at your revision".
  if (!published) return { name: OWN_SOURCE, url: '', revision: 'your revision' };
  const { repo, revision } = published;
  return { name: repo, url: `https://huggingface.co/${repo}`, revision };
}

function readScores(form: OwnForm, errors: Record<string, string>): readonly CardScore[] {
  const seen = new Set<string>();
  if (form.labels.length === 0) errors.labels = 'Add the labels, in the order of the network’s outputs.';
  else if (!form.labels.some(({ risk }) => risk))
    errors.labels = 'Mark at least one label as a risk: without one nothing could be judged.';
  return form.labels.map((label, at) => {
    const name = label.name.trim();
    if (name === '') errors[`label-${at}`] = 'Name this output.';
    else if (name.length > 200) errors[`label-${at}`] = 'Shorten it to 200 characters.';
    else if (seen.has(name)) errors[`label-${at}`] = 'Another output has this name. Each needs its own.';
    seen.add(name);
    if (!label.risk) return { name, labels: [name], risk: false };
    const review = unit(label.review);
    const block = unit(label.block);
    if (review === undefined || block === undefined)
      errors[`line-${at}`] = 'Both lines are numbers from 0 to 1.';
    else if (review > block) errors[`line-${at}`] = 'Review starts at or below block.';
    return { name, labels: [name], risk: true, review: review ?? 0.5, block: block ?? 0.8 };
  });
}

const KINDS = { image: 'An image', text: 'A text', embedding: 'An embedding' };

function readInput(form: OwnForm, errors: Record<string, string>): ModelCard['input'] | undefined {
  if (form.reads === 'embedding') return { kind: 'embedding' };
  return form.reads === 'image' ? readImage(form, errors) : readText(form, errors);
}

function readImage(form: OwnForm, errors: Record<string, string>): ImageInput | undefined {
  const size = Number(form.size);
  if (!Number.isInteger(size) || size < 8 || size > 2048)
    errors.size = 'A whole number of pixels from 8 to 2048.';
  const mean = three(form.mean);
  if (!mean || mean.some((each) => Math.abs(each) > 10))
    errors.mean = 'Three numbers, red, green and blue: 0.5, 0.5, 0.5';
  const std = three(form.std);
  if (!std || std.some((each) => each <= 0 || each > 10))
    errors.std = 'Three numbers above 0, red, green and blue: 0.5, 0.5, 0.5';
  const crop = Number(form.crop);
  if (form.fit === 'crop' && !(crop >= 10 && crop <= 100)) errors.crop = 'A percentage from 10 to 100.';
  if (!mean || !std) return undefined;
  return {
    kind: 'image',
    width: size,
    height: size,
    resample: form.resample,
    fit: form.fit,
    cropFraction: form.fit === 'crop' ? crop / 100 : 1,
    mean,
    std,
    layout: 'NCHW',
  };
}

function readText(form: OwnForm, errors: Record<string, string>): ModelCard['input'] {
  const maxTokens = Number(form.maxTokens);
  if (!Number.isInteger(maxTokens) || maxTokens < 8 || maxTokens > 32_768)
    errors.maxTokens = 'A whole number of tokens from 8 to 32,768.';
  return { kind: 'tokens', maxTokens, overlap: Math.min(64, Math.floor(maxTokens / 4)) };
}

/** The entry of the architectures that reads these files. */
export function familyOf(
  { reads, architecture }: Pick<OwnForm, 'reads' | 'architecture'>,
  files: readonly { readonly path: string }[],
): string {
  if (reads === 'embedding') return 'mlp-head';
  if (files.some(({ path }) => /\.onnx$/i.test(path))) return 'onnx';
  if (/eva02/i.test(architecture)) return 'timm-eva02';
  if (/^vit_/i.test(architecture)) return 'timm-vit';
  if (/^vit(for|$)/i.test(architecture)) return 'hf-vit';
  return reads === 'image' ? 'timm-vit' : 'onnx';
}

function cardFile({ path, file }: PickedFile): CardFile {
  return { role: roleOf(path), path, bytes: file.size };
}

export function roleOf(path: string): CardFile['role'] {
  return /tokenizer\.json$/i.test(path)
    ? 'tokenizer'
    : /tokenizer_config\.json$/i.test(path)
      ? 'tokenizer-config'
      : /preprocessor_config\.json$/i.test(path)
        ? 'preprocessor'
        : /\.json$/i.test(path)
          ? 'config'
          : /\.onnx/i.test(path)
            ? 'network'
            : 'weights';
}

/** `own-my-model`, or with a number behind it when that is taken. */
function freeId(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const stem = `${OWN}${plain || 'model'}`;
  let id = stem;
  for (let number = 2; taken.includes(id); number++) id = `${stem}-${number}`;
  return id;
}

function unit(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && value >= 0 && value <= 1 ? value : undefined;
}

function three(text: string): readonly [number, number, number] | undefined {
  const all = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  return all.length === 3 && all.every(Number.isFinite)
    ? (all as unknown as [number, number, number])
    : undefined;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
