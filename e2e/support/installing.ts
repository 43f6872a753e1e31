/** Models to be installed in tests: small published layouts with random weights, their cards, and what they answer in Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { headersFor } from '../../scripts/header-rules.mjs';
import type { CardFile, ImageInput, ModelCard } from '../../src/catalog/card';
import { familyById } from '../../src/core/architectures';
import { readSafetensors } from '../../src/core/checkpoint/safetensors';
import { memorySource } from '../../src/core/checkpoint/source';
import { readFloat32 } from '../../src/core/checkpoint/stored';
import { writePng } from '../../src/core/image/png-write';
import { preprocess } from '../../src/core/image/preprocess';
import { openNetwork } from '../../src/core/prepare/testing';
import { DIST } from './build';
import type { Intercept } from './sdk-page';

declare global {
  /** Set by `pick`. */
  var files: File[];
}

export const FIXTURES = 'src/core/architectures/fixtures';
/** LAION's own head, as NeMo Curator downloads it. */
export const LAION_HEAD = 'e2e/fixtures/models/clip_autokeras_binary_nsfw.zip';

export interface Picked {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const fixture = (folder: string, name: string): Picked => ({
  name,
  bytes: new Uint8Array(readFileSync(join(FIXTURES, folder, name))),
});

export const modelFiles = (folder: string): Picked[] => [
  fixture(folder, 'config.json'),
  fixture(folder, 'model.safetensors'),
];

export const json = (name: string, value: unknown): Picked => ({
  name,
  bytes: new TextEncoder().encode(JSON.stringify(value)),
});

/** Chooses files in the page as a person does, into `globalThis.files`. */
export async function pick(page: Page, files: readonly Picked[] | readonly string[]): Promise<void> {
  await page.evaluate(() => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', multiple: true });
    document.body.replaceChildren(input);
  });
  const input = page.locator('input');
  await input.setInputFiles(
    files.map((file) =>
      typeof file === 'string'
        ? file
        : { name: file.name, mimeType: 'application/octet-stream', buffer: Buffer.from(file.bytes) },
    ) as string[],
  );
  await input.evaluate((element) => {
    globalThis.files = [...((element as HTMLInputElement).files ?? [])];
  });
}

/** Every key in the store of models, as text. */
export function storedKeys(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open('winnow-models');
        // Made only when this comes first, which would leave a database without its store.
        opening.onupgradeneeded = () => opening.transaction!.abort();
        opening.onerror = () => resolve([]);
        opening.onsuccess = () => {
          const database = opening.result;
          const request = database.transaction('kept').objectStore('kept').getAllKeys();
          request.onsuccess = () => {
            database.close();
            resolve(request.result.map((key) => JSON.stringify(key)));
          };
          request.onerror = () => reject(request.error);
        };
      }),
  );
}

const common = {
  summary: 'A stand-in for tests.',
  source: { name: 'Winnow tests', url: 'about:blank', revision: '1' },
  licence: 'MIT',
  languages: [],
  intendedUse: 'Tests.',
  notFor: [],
  limits: [],
  activation: 'softmax',
  thresholdNote: 'Starting point, not calibrated on your data.',
} as const;

const pixels = (size: number, more: Partial<ImageInput> = {}): ImageInput => ({
  ...{ kind: 'image', width: size, height: size, resample: 'bicubic', fit: 'crop', cropFraction: 1 },
  ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], layout: 'NCHW' },
  ...more,
});

export interface CardOptions {
  readonly family: string;
  readonly labels: readonly string[];
  readonly input?: ModelCard['input'];
  readonly files?: readonly CardFile[];
  readonly more?: Partial<ModelCard>;
}

/** A card of which the first label carries the risk. */
export function cardOf(id: string, { family, labels, input, files = [], more = {} }: CardOptions): ModelCard {
  return {
    ...common,
    ...{ id, name: `Test ${id}`, task: 'image', facts: 'Image · test' },
    labels: labels.map((name) => ({ name })),
    scores: labels.map((name, at) =>
      at === 0
        ? { name, labels: [name], risk: true, review: 0.45, block: 0.7 }
        : { name, labels: [name], risk: false },
    ),
    input: input ?? pixels(64),
    install: { family, files, precision: { wasm: 'exact', webgpu: 'exact' } },
    ...more,
  };
}

export const vitCard = (more: Partial<ModelCard> = {}): ModelCard =>
  cardOf('test-vit', { family: 'timm-vit', labels: ['NSFW', 'SFW'], more });

export const hfVitCard = cardOf('test-hf-vit', {
  family: 'hf-vit',
  labels: ['normal', 'nsfw'],
  input: pixels(64, { fit: 'stretch', resample: 'bilinear' }),
});

/** As `hfVitCard` says; the golden folder has none. */
export const PREPROCESSOR = {
  ...{ image_processor_type: 'ViTImageProcessor', do_resize: true, do_normalize: true, do_rescale: true },
  ...{ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], resample: 2, rescale_factor: 1 / 255 },
  size: { height: 64, width: 64 },
};

export const laionCard = cardOf('test-laion', {
  family: 'clip-vision',
  labels: ['nsfw'],
  input: pixels(224, {
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  }),
  more: { activation: 'sigmoid', embedding: { width: 768, normalised: true } },
});

/** RGBA in which every pixel differs from its neighbours, opaque. */
export function picture(width: number, height: number, seed: number): Uint8Array {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set([(x * 7 + seed * 31) & 255, (y * 5 + x * seed) & 255, (x * y + seed * 13) & 255, 255], 4 * i);
  }
  return data;
}

export const png = (width: number, height: number, seed: number): Picked => ({
  name: `picture-${seed}.png`,
  bytes: writePng(picture(width, height, seed), width, height),
});

/** What a family's graph answers in Node for that picture, through our own preprocessing. */
export async function answerInNode(
  folder: string,
  card: ModelCard,
  size: readonly [width: number, height: number],
  seed: number,
): Promise<{ logits: number[]; embedding: number[] }> {
  const config = JSON.parse(readFileSync(join(FIXTURES, folder, 'config.json'), 'utf8'));
  const { bytes } = fixture(folder, 'model.safetensors');
  const { tensors } = await readSafetensors(memorySource('model.safetensors', bytes));
  const network = familyById(card.install!.family)!.build(config, tensors, { precision: 'exact' });
  const opened = await openNetwork(network);
  try {
    const [width, height] = size;
    const input = card.input as ImageInput;
    const data = preprocess({ data: picture(width, height, seed), width, height }, input);
    const outputs = await opened.run({ pixels: { data, dims: [1, 3, input.height, input.width] } });
    return {
      logits: [...(outputs.logits?.data ?? [])],
      embedding: [...outputs.embedding!.data],
    };
  } finally {
    await opened.close();
  }
}

/** A tensor of a golden file, as numbers. */
export async function golden(folder: string, file: string, name: string): Promise<Float32Array> {
  const { tensors } = await readSafetensors(memorySource(file, fixture(folder, file).bytes));
  return readFloat32(tensors.get(name)!);
}

/** Serves the build's scripts of that path with `script` before them, under their own headers. */
export function prefixed(pattern: RegExp, script: string): Intercept {
  return (request, response) => {
    const path = request.url ?? '/';
    if (!pattern.test(path)) return false;
    for (const [name, value] of Object.entries(headersFor(path))) response.setHeader(name, value);
    response.setHeader('Content-Type', 'text/javascript');
    response.end(`${script}\n${readFileSync(join(DIST, path), 'utf8')}`);
    return true;
  };
}
