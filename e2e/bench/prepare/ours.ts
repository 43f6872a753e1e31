/** The SDK's side of the measurements, on a page of `stage`. */
import type { Page } from '@playwright/test';
import type { Progress } from '../../../src/sdk';

export interface InstallTimes {
  readonly milliseconds: number;
  /** Bytes of the checkpoint that preparing had to read, by its own account. */
  readonly read: number;
  readonly kept: number;
}

/** Whoever picks files or a model has had the page before them for a while; milliseconds. */
const BEFORE = 1_000;

/** Installs a model of the catalog from files on disk, on a page that has been open for a second. */
export async function install(page: Page, id: string, paths: readonly string[]): Promise<InstallTimes> {
  await page.setInputFiles('input[type=file]', [...paths]);
  await ready(page);
  return page.evaluate(async (model) => {
    const started = performance.now();
    performance.mark('winnow: files picked');
    let read = 0;
    const files = [...document.querySelector('input')!.files!];
    const onProgress = ({ phase, total }: Progress) => {
      if (phase === 'prepare') read = Math.max(read, total);
    };
    const { bytes } = await globalThis.winnow.install(model, { files, onProgress });
    return { milliseconds: performance.now() - started, read, kept: bytes };
  }, id);
}

/** A page with Winnow on it, as somebody has it who has looked at it for a second. */
export async function ready(page: Page): Promise<void> {
  await page.evaluate(async (milliseconds) => {
    globalThis.winnow ??= await globalThis.sdk.createWinnow({ threads: 2 });
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }, BEFORE);
}

/** Milliseconds to the first answer of a model, from asking for it or, where nobody has yet, for Winnow. */
export async function firstAnswer(page: Page, id: string, text?: string): Promise<number> {
  return page.evaluate(
    async ([model, prompt]) => {
      const content = prompt ?? (await globalThis.landscape());
      const started = performance.now();
      performance.mark('winnow: asked for');
      globalThis.winnow ??= await globalThis.sdk.createWinnow({ threads: 2 });
      const scores =
        typeof content === 'string'
          ? await globalThis.winnow.classifyText(content, { model: model! })
          : await globalThis.winnow.classifyImage(content, { model: model! });
      if (scores.status !== 'scored') throw new Error(scores.reason);
      performance.mark('winnow: answered');
      return performance.now() - started;
    },
    [id, text] as const,
  );
}

declare global {
  /** A two-megapixel JPEG of hills and a sun. */
  var landscape: () => Promise<Blob>;
}

export async function addLandscape(page: Page): Promise<void> {
  await page.evaluate(() => {
    globalThis.landscape = async () => {
      const canvas = new OffscreenCanvas(1632, 1224);
      const context = canvas.getContext('2d')!;
      const sky = context.createLinearGradient(0, 0, 0, 1224);
      sky.addColorStop(0, '#7fb2e5');
      sky.addColorStop(1, '#f6d9a8');
      context.fillStyle = sky;
      context.fillRect(0, 0, 1632, 1224);
      context.fillStyle = '#fff2c4';
      context.beginPath();
      context.arc(1200, 320, 90, 0, 2 * Math.PI);
      context.fill();
      for (const [at, colour] of ['#6d8f5e', '#4f7350', '#345943'].entries()) {
        context.fillStyle = colour;
        context.beginPath();
        context.moveTo(0, 1224);
        for (let x = 0; x <= 1632; x += 8)
          context.lineTo(x, 700 + 130 * at + 90 * Math.sin(x / (170 + 60 * at) + at));
        context.lineTo(1632, 1224);
        context.fill();
      }
      return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    };
  });
}
