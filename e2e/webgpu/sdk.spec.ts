/** A model on WebGPU by way of the SDK: chosen, reset under its hands, and left for WASM after the second time. */
import type { Page } from '@playwright/test';
import { expect, test } from '../support/sdk-page';
import { WEBGPU } from '../support/webgpu';

test.use(WEBGPU);
test.describe.configure({ timeout: 120_000 });

/** A stand-in, small enough for SwiftShader. */
const ID = 'stand-in-red';

const classify = (page: Page) =>
  page.evaluate(async (model) => {
    const { status, backend, probabilities, code } = await winnow.classifyImage(await picture(200), {
      model,
    });
    return { status, backend, probabilities, code };
  }, ID);

/** As a driver that hangs does: the browser's graphics process ends, and with it every device. */
async function reset(page: Page): Promise<void> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess').catch(() => {});
  await session.detach();
}

test('W07 a graphics reset costs a worker and no item; the second within a minute, WebGPU', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  const fetched: string[] = [];
  page.context().on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.evaluate(async () => {
    globalThis.winnow = await sdk.createWinnow();
  });
  const fromWasm = await classify(page);
  expect(fromWasm).toMatchObject({ status: 'scored', backend: 'wasm' });
  const runtimes = () => fetched.filter((path) => /(jspi|asyncify)-[\w-]+\.wasm$/.test(path));
  expect(runtimes()).toEqual([]);

  await test.step('it runs on WebGPU once somebody says so, and answers the same', async () => {
    await page.evaluate((model) => winnow.prefer(model, 'webgpu'), ID);
    await page.evaluate((model) => winnow.release(model), ID);
    const scores = await classify(page);
    expect(scores).toMatchObject({ status: 'scored', backend: 'webgpu' });
    for (const [at, value] of fromWasm.probabilities.entries())
      expect(Math.abs(scores.probabilities[at]! - value)).toBeLessThan(1e-4);
    expect(runtimes()).toHaveLength(1);
  });

  await test.step('reset once: the item is scored by another worker, on WebGPU', async () => {
    await reset(page);
    expect(await classify(page)).toMatchObject({ status: 'scored', backend: 'webgpu' });
  });

  await test.step('reset twice: on WASM, which says why', async () => {
    await reset(page);
    const scores = await classify(page);
    expect(scores).toMatchObject({ status: 'scored', backend: 'wasm' });
    expect(scores.probabilities).toEqual(fromWasm.probabilities);
    const opened = await page.evaluate((model) => winnow.open(model), ID);
    expect(opened).toMatchObject({ backend: 'wasm', why: expect.stringContaining('reset twice') });
  });
});
