/** The first answer in a new page of a model that passed its check before: its first layers are asked, all of it right behind. */
import type { Page } from '@playwright/test';
import type { Scores } from '../../src/sdk';
import { modelFiles, pick, png, prefixed, vitCard } from '../support/installing';
import { expect, test } from '../support/sdk-page';

declare global {
  /** What is wrong with the numbers that the runtime gives. */
  var fault: 'none' | 'labels' | 'layers';
  var takenBack: string[];
  /** What `classify` was answered last, and all that was said not to hold: whoever shows scores finds them by identity. */
  var handedOut: Scores;
  var gone: Scores[];
}

/** Swaps both labels, or shifts what the first layers give, while the page says so. */
const WRONG = `{
  const faults = new BroadcastChannel('faults');
  let fault = 'none';
  faults.onmessage = ({ data }) => (fault = data);
  faults.postMessage('?');
  const { slice } = Float32Array.prototype;
  Float32Array.prototype.slice = function (...given) {
    const copy = slice.apply(this, given);
    if (fault === 'labels' && copy.length === 2) copy.reverse();
    if (fault === 'layers' && copy.length > 1000) copy[0] += 1;
    return copy;
  };
}`;

const card = vitCard();
const { id } = card;

/** A page of its own, in which the model was never open. */
async function start(page: Page, fault: typeof globalThis.fault): Promise<void> {
  await page.evaluate(
    async ([given, wrong]) => {
      globalThis.takenBack = [];
      globalThis.gone = [];
      const faults = new BroadcastChannel('faults');
      faults.onmessage = ({ data }) => data === '?' && faults.postMessage(wrong);
      globalThis.winnow = await sdk.createWinnow({ catalog: [given] });
      winnow.onWithdrawn((scores, { message }) => {
        globalThis.gone.push(...scores);
        for (const { model } of scores) globalThis.takenBack.push(`${model}: ${message}`);
      });
    },
    [card, fault] as const,
  );
  await pick(page, [png(64, 48, 3)]);
}

const classify = (page: Page) =>
  page.evaluate(async (model) => {
    globalThis.handedOut = await winnow.classifyImage(files[0]!, { model });
    return globalThis.handedOut;
  }, id);
const opened = (page: Page) => page.evaluate((model) => winnow.open(model), id);

test('W08, W10: an answer before all was asked is taken back where the rest is wrong, and none is where its beginning is', async ({
  serve,
  open,
}) => {
  const url = await serve({ intercept: prefixed(/\/inference-[^/]*\.js$/, WRONG) });
  const page = await open(url);
  await start(page, 'none');
  await pick(page, modelFiles('timm-vit'));
  await page.evaluate((model) => winnow.install(model, { files }), id);

  let right: number[] = [];
  await test.step('a right one stands', async () => {
    await open(url);
    await start(page, 'none');
    const scores = await classify(page);
    right = [...scores.probabilities];
    expect(scores.status).toBe('scored');
    // The second one waits for the check.
    expect([...(await classify(page)).probabilities]).toEqual(right);
    expect(await opened(page)).toMatchObject({ unchecked: 'beyond the beginning' });
    expect(await page.evaluate(() => globalThis.takenBack)).toEqual([]);
  });

  await test.step('W10: where the first layers give other numbers, all of it is asked before anything is answered', async () => {
    await open(url);
    await start(page, 'layers');
    expect([...(await classify(page)).probabilities]).toEqual(right);
    expect((await opened(page)).unchecked).toBe('at all');
  });

  await test.step('W08: where the rest is wrong, the answer is taken back and no other given', async () => {
    await open(url);
    await start(page, 'labels');
    const scores = await classify(page);
    expect([...scores.probabilities]).toEqual(right.toReversed());
    await page.waitForFunction(() => globalThis.takenBack.length > 0);
    expect(await page.evaluate(() => globalThis.takenBack)).toEqual([
      expect.stringMatching(new RegExp(`^${id}: .*Score it again`)),
    ]);
    expect(await page.evaluate(() => globalThis.gone.indexOf(globalThis.handedOut))).toBe(0);
    const again = await classify(page);
    expect(again).toMatchObject({ status: 'error', code: 'self-test-failed', probabilities: [] });
  });
});
