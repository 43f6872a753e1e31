/** The SDK on a bare page of the build's origin, for tests that drive it directly. */
import { test as base, type Page, type Worker } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import type * as Sdk from '../../src/sdk';
import { DIST } from './build';
import { writeOverlay } from './overlay';

export type Intercept = NonNullable<NonNullable<Parameters<typeof startServer>[0]>['intercept']>;

declare global {
  // Set by the overlay's sdk-page.js.
  var sdk: typeof Sdk;
  var winnow: Sdk.Winnow;
  /** Calls that came back, for tests that wait for some. */
  var finished: number | undefined;
  var picture: (red: number, size?: number) => Promise<File>;
}

interface Fixtures {
  readonly overlay: string;
  /** Starts a server over the build and the stand-in models; `null` leaves it alone. */
  readonly serve: (options?: Parameters<typeof startServer>[0]) => Promise<string>;
  /** Opens the SDK page of a server and returns once `globalThis.sdk` is there. Default page: the test's own. */
  readonly open: (url: string, page?: Page) => Promise<Page>;
}

export const test = base.extend<Fixtures, { overlayFolder: string }>({
  overlayFolder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
    async ({}, use) => {
      await use(writeOverlay());
    },
    { scope: 'worker' },
  ],
  overlay: ({ overlayFolder }, use) => use(overlayFolder),
  serve: async ({ overlay }, use) => {
    const servers: { close(): Promise<void> }[] = [];
    await use(async (options = {}) => {
      const server = await startServer({ dir: DIST, overlay, ...options });
      servers.push(server);
      return server.url;
    });
    for (const server of servers) await server.close();
  },
  open: async ({ page: first }, use) => {
    await use((url, page = first) => openSdk(page, url));
  },
});
export { expect } from '@playwright/test';

/** The SDK's page of a server, once `globalThis.sdk` is there. */
export async function openSdk(page: Page, url: string): Promise<Page> {
  await page.goto(`${url}sdk.html`);
  await page.waitForFunction(() => document.title === 'SDK ready');
  await page.evaluate(definePicture);
  return page;
}

/** In the page: a PNG whose average pixel is `red` redder than green, 0 to 255, named after it. */
export function definePicture(): void {
  globalThis.picture = async (red, size = 64) => {
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext('2d')!;
    context.fillStyle = `rgb(${red} 0 0)`;
    context.fillRect(0, 0, size, size);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return new File([blob], `red-${red}.png`, { type: 'image/png' });
  };
}

/** The inference workers of the page, without the threads that ONNX Runtime starts from its own glue. */
export function inferenceWorkers(page: Page): Worker[] {
  return page.workers().filter((worker) => /\/inference-[^/]*\.js$/.test(worker.url()));
}

/** Makes decoding misbehave in a running worker: from then on, or only for the next picture. */
export async function sabotage(
  worker: Worker,
  fault: 'die' | 'hang',
  times = Number.POSITIVE_INFINITY,
): Promise<void> {
  await worker.evaluate(
    ([how, count]) => {
      const original = globalThis.createImageBitmap;
      let left = count;
      globalThis.createImageBitmap = ((...parameters: Parameters<typeof original>) => {
        if (left-- <= 0) return original(...parameters);
        if (how === 'hang') for (;;);
        globalThis.close();
        return new Promise(() => {});
      }) as typeof original;
    },
    [fault, times] as const,
  );
}
