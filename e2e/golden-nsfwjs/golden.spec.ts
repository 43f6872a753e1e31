/** Our graph and our preprocessing against nsfwjs itself, in the same browser, on the same pictures. */
import { expect, test } from '@playwright/test';
import { buildStarterImage } from '../../scripts/starter-image/build';
import { type Harness, startHarness } from './harness';

/** Largest difference of any probability. */
const TOLERANCE = 0.002;

let harness: Harness;

test.describe.configure({ mode: 'serial', timeout: 180_000 });

test.beforeAll(async () => {
  const files = new Map([...buildStarterImage().files].map(([name, bytes]) => [`models/${name}`, bytes]));
  harness = await startHarness({ root: import.meta.dirname, files, isolated: true });
});

test.afterAll(async () => {
  await harness?.close();
});

// The default is WebGL, which takes seconds for every picture where there is no GPU.
for (const [backend, most] of [
  ['wasm', Number.POSITIVE_INFINITY],
  ['default', 5e4],
] as const) {
  test(`starter-image answers as nsfwjs does on TF.js’s ${backend} backend`, async ({ page }, info) => {
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(harness.url))
        elsewhere.push(request.url());
    });
    await page.goto(harness.url);
    await page.waitForFunction('typeof compare === "function"');
    const { backend: used, pictures } = await page.evaluate(
      ([name, pixels]) => window.compare(name, pixels),
      [backend, most] as const,
    );
    if (backend === 'wasm') expect(used).toBe('wasm');
    else expect(used).not.toBe('wasm');
    expect(pictures.length).toBeGreaterThanOrEqual(backend === 'wasm' ? 24 : 6);
    const differences = pictures.map(({ name, reference, ours }) => {
      expect(Object.keys(ours).sort()).toEqual(Object.keys(reference).sort());
      const each = Object.keys(reference).map((label) => Math.abs(reference[label]! - ours[label]!));
      // A NaN anywhere must not pass as a small number.
      expect(each.every(Number.isFinite), name).toBe(true);
      return { name, largest: Math.max(...each) };
    });
    const worst = differences.reduce((a, b) => (b.largest > a.largest ? b : a));
    info.annotations.push({
      type: 'largest difference',
      description: `${worst.largest.toExponential(2)} on ${worst.name}; TF.js on ${used}`,
    });
    expect(differences.filter(({ largest }) => largest > TOLERANCE)).toEqual([]);
    // Otherwise the pictures would prove nothing: some must be told apart.
    const winners = new Set(
      pictures.map(({ ours }) => Object.entries(ours).sort((a, b) => b[1] - a[1])[0]![0]),
    );
    expect(winners.size).toBeGreaterThan(1);
    expect(elsewhere).toEqual([]);
  });
}

test('rows read alone are the rows of the whole picture, to the byte', async ({ page }) => {
  await page.goto(harness.url);
  await page.waitForFunction('typeof compareReadback === "function"');
  for (const alpha of [false, true])
    for (const [width, height] of [
      [1, 1],
      [1, 900],
      [700, 1],
      [224, 224],
      [300, 223],
      [640, 480],
      [1500, 2000],
    ] as const) {
      const different = await page.evaluate(([w, h, a]) => window.compareReadback(w, h, a), [
        width,
        height,
        alpha,
      ] as const);
      expect(different, `${width} × ${height}`).toBe(0);
    }
});
