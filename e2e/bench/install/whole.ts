/** A large model from the stand-in for the Hub to its first answer, and opened again by a browser that has just started. */
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../../scripts/chromium.mjs';
import { startServer } from '../../../scripts/serve.mjs';
import type { ModelCard } from '../../../src/catalog/card';
import { freepikNsfw } from '../../../src/catalog/freepik-nsfw';
import { qwen3CsamGuard } from '../../../src/catalog/qwen3-csam-guard';
import { DIST } from '../../support/build';
import { type Hub, startHub } from '../../support/hub/hub';
import { hubLarge } from '../../support/hub-models';
import { writeLargeVit } from '../../support/large-vit';
import { writeOverlay } from '../../support/overlay';
import { openSdk } from '../../support/sdk-page';
import { cpuSeconds, memoryOf } from '../prepare/renderer';

/** What is installed, and the one file that nearly all of it is. */
export interface Subject {
  readonly card: ModelCard;
  readonly folder: string;
  readonly weights: string;
  /** Of all its files. */
  readonly bytes: number;
  /** For a text model; a picture otherwise. */
  readonly text?: string;
}

const TOKENIZER = join(import.meta.dirname, '..', '..', '..', 'src', 'runtime', 'fixtures', 'tokenizer');
/** As wide as a ViT of that size is, in float32, kept as they are: 64 MB a layer. */
const [LAYERS, TIMES_AS_WIDE] = [5, 24];

/** The largest stand-in that is in `standIns`; a ViT of 320 MB that is made for it without them. `remove` the folder after. */
export function subjectOf(standIns: string | undefined): Subject {
  const inside = (file: string) => resolve(standIns ?? '', file);
  if (standIns !== undefined) {
    const guard = { 'onnx/model_quantized.onnx': inside('guard/onnx/model_quantized.onnx') };
    if (existsSync(guard['onnx/model_quantized.onnx']))
      return subject(qwen3CsamGuard, {
        ...guard,
        'tokenizer.json': join(TOKENIZER, 'tokenizer.json'),
        'tokenizer_config.json': join(TOKENIZER, 'tokenizer_config.json'),
      });
    const freepik = {
      'model.safetensors': inside('freepik/model.safetensors'),
      'config.json': inside('freepik/config.json'),
    };
    if (existsSync(freepik['model.safetensors'])) return subject(freepikNsfw, freepik);
    console.log(`Neither guard nor freepik are in ${standIns}.`);
  }
  const { folder } = writeLargeVit(LAYERS, TIMES_AS_WIDE);
  return described(hubLarge, folder, ['model.safetensors', 'config.json']);
}

function subject(card: ModelCard, files: Readonly<Record<string, string>>): Subject {
  // Beside the stand-ins, so that a link needs no copy.
  const folder = mkdtempSync(join(tmpdir(), 'winnow-bench-model-'));
  for (const [path, from] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    linkSync(from, join(folder, path));
  }
  return described(card, folder, Object.keys(files));
}

function described(card: ModelCard, folder: string, files: readonly string[]): Subject {
  const bytes = files.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
  const text = card.task === 'text' ? { text: 'Bake an apple cake for six people.' } : {};
  return { card, folder, weights: files[0]!, bytes, ...text };
}

export interface Whole {
  readonly seconds: number;
  /** Of its files, from the call of `install` to its end. */
  readonly megabytesPerSecond: number;
  /** From the call until the last byte was here. */
  readonly downloadSeconds: number;
  readonly prepareSeconds: number;
  /** All that was kept read back and compared with its hashes; then opened, asked and promoted. */
  readonly readSeconds: number;
  readonly readMegabytesPerSecond: number;
  readonly checkSeconds: number;
  readonly cpuSeconds: number;
  /** Megabytes above what browser and page had before. */
  readonly memory: number;
  readonly keptMegabytes: number;
  /** In a browser that has just started: `open`, and the first answer after it. */
  readonly openSeconds: number;
  readonly openMegabytesPerSecond: number;
  readonly firstSeconds: number;
}

/** Installs and opens it once, in a profile of its own. */
export async function measureWhole(one: Subject): Promise<Whole> {
  const stage = await startStage(one);
  try {
    const installed = await measureInstall(stage, one);
    const opened = await measureOpening(stage, one, installed.keptMegabytes);
    return { ...installed, ...opened };
  } finally {
    await stage.close();
  }
}

interface WholeStage {
  readonly hub: Hub;
  readonly profile: string;
  /** A page of a browser that has just started, with a Winnow on it. */
  enter(): Promise<Page>;
  close(): Promise<void>;
}

async function startStage({ card, folder }: Subject): Promise<WholeStage> {
  const overlay = writeOverlay({ models: [] });
  const hub = await startHub({ repos: { [card.source.name]: { folder } } });
  const server = await startServer({ dir: DIST, overlay, modelHosts: [hub.endpoint, hub.store] });
  const profile = mkdtempSync(join(tmpdir(), 'winnow-profile-'));
  const executablePath = await ensureChromium();
  let context: BrowserContext | undefined;
  return {
    ...{ hub, profile },
    async enter() {
      await context?.close();
      context = await chromium.launchPersistentContext(profile, { executablePath, args: CHROMIUM_ARGS });
      // tsx names every function through this helper of its own, which pages do not have.
      await context.addInitScript('globalThis.__name = (value) => value');
      const page = await openSdk(context.pages()[0] ?? (await context.newPage()), server.url);
      await page.evaluate(async (one) => {
        globalThis.winnow = await sdk.createWinnow({ catalog: [one] });
      }, card);
      return page;
    },
    async close() {
      await context?.close();
      await server.close();
      await hub.close();
      for (const gone of [overlay, profile]) rmSync(gone, { recursive: true, force: true });
    },
  };
}

async function measureInstall({ hub, profile, enter }: WholeStage, { card, bytes }: Subject) {
  const page = await enter();
  const source = { kind: 'hub' as const, endpoint: hub.endpoint, hosts: [hub.store] };
  const worked = cpuSeconds(profile);
  const { done, memory } = await memoryOf(profile, () =>
    page.evaluate(
      async ([id, from]) => {
        const began = performance.now();
        const starts: Record<string, number> = {};
        let read: number | undefined;
        const { bytes: kept } = await winnow.install(id, {
          source: from,
          onProgress: ({ phase, done, total }) => {
            const now = performance.now() - began;
            starts[phase] ??= now;
            if (phase === 'check' && done >= total) read ??= now;
          },
        });
        const end = performance.now() - began;
        return { starts, kept, read: read ?? end, total: end };
      },
      [card.id, source] as const,
    ),
  );
  const { starts, kept, read, total } = done;
  const { prepare = 0, check = 0 } = starts;
  return {
    seconds: total / 1e3,
    megabytesPerSecond: bytes / 1e3 / total,
    downloadSeconds: prepare / 1e3,
    prepareSeconds: (check - prepare) / 1e3,
    readSeconds: (read - check) / 1e3,
    readMegabytesPerSecond: kept / 1e3 / (read - check),
    checkSeconds: (total - read) / 1e3,
    cpuSeconds: cpuSeconds(profile) - worked,
    memory,
    keptMegabytes: kept / 1e6,
  };
}

async function measureOpening({ enter }: WholeStage, { card, text }: Subject, keptMegabytes: number) {
  const page = await enter();
  const { open, first } = await page.evaluate(
    async ([id, prompt]) => {
      const content = prompt ?? (await picture(120));
      const began = performance.now();
      await winnow.open(id);
      const opened = performance.now();
      const found =
        typeof content === 'string'
          ? await winnow.classifyText(content, { model: id })
          : await winnow.classifyImage(content, { model: id });
      if (found.status !== 'scored') throw new Error(found.reason);
      return { open: opened - began, first: performance.now() - opened };
    },
    [card.id, text] as const,
  );
  return {
    openSeconds: open / 1e3,
    openMegabytesPerSecond: (1e3 * keptMegabytes) / open,
    firstSeconds: first / 1e3,
  };
}
