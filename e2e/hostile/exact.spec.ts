/** What the decoder gives, to the bit: against Pillow, for alpha, for turned pictures, for animations. */
import { expect, test } from '@playwright/test';
import { writePng } from '../../src/core/image/png-write';
import { type Harness, startHarness } from '../golden-nsfwjs/harness';
import { joined } from './encoders/bytes';
import { gif } from './encoders/gif';
import { exif, withSegments } from './encoders/jpeg';
import { apng, png } from './encoders/png';
import { baseFromDisk, decodedPixels, fixtureFiles, goldens } from './files';

const SIDE = 32;
const base = baseFromDisk();

/** Hidden stripes: red under full transparency on the left, opaque grey on the right. */
function hidden(width: number, height: number): Uint8Array {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++)
    data.set(i % width < width / 2 ? [200, 30, 60, 0] : [90, 90, 90, 255], 4 * i);
  return data;
}

const made = new Map<string, Uint8Array>([
  ['made/hidden.png', writePng(hidden(SIDE, SIDE), SIDE, SIDE)],
  ['made/hidden-large.png', writePng(hidden(4500, 16), 4500, 16)],
  [
    'made/half.png',
    writePng(
      new Uint8Array(4 * SIDE * SIDE).map((_, i) => (i % 4 === 3 ? 128 : 100)),
      SIDE,
      SIDE,
    ),
  ],
  ['made/opaque.png', png({ width: SIDE, height: SIDE, colour: 6 })],
  ['made/transparent.gif', gif(8, 8, [{ width: 8, height: 8, pixel: (i) => i % 2, transparent: 0 }])],
  ['made/moving.png', apng(8, 8, 20)],
  ['made/trailing.png', joined([png({ width: 8, height: 8 }), new Uint8Array(1234)])],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((turn): [string, Uint8Array] => [
    `made/turn-${turn}.jpg`,
    withSegments(base['still.jpg']!, [exif(turn)]),
  ]),
]);

let harness: Harness;

test.beforeAll(async () => {
  const files = new Map([...fixtureFiles(), ...made]);
  harness = await startHarness({ root: import.meta.dirname, files, isolated: true });
});

test.afterAll(async () => {
  await harness?.close();
});

test.beforeEach(async ({ page }) => {
  await page.goto(harness.url);
  await page.waitForFunction('window.pictures !== undefined');
});

test('decode and resize give the pixels Pillow gives, also of JPEGs in all eight orientations (I12)', async ({
  page,
}) => {
  const wrong: string[] = [];
  for (const [pipeline, sources] of Object.entries(goldens())) {
    const [fit, size, filter] = pipeline.split('-');
    for (const [source, expected] of Object.entries(sources)) {
      const found = await page.evaluate(
        ([path, side, how, resample]) => window.pictures.resized(path, side, how, resample),
        [
          `sources/${source}`,
          Number(size),
          fit === 'stretch' ? 'stretch' : 'crop',
          filter === 'bilinear' ? 'bilinear' : 'bicubic',
        ] as const,
      );
      if (found !== expected) wrong.push(`${pipeline} ${source}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('JPEG, WebP and AVIF decode to the bytes Pillow decodes them to, frames of animations too', async ({
  page,
}) => {
  const wrong: string[] = [];
  for (const [name, expected] of Object.entries(decodedPixels())) {
    const [file, frame] = name.split('#');
    const { views } = await page.evaluate((path) => window.pictures.decodeUrl(path), `base/${file}`);
    const view =
      frame === undefined ? views[0] : views.find((one) => one.name === `frame ${Number(frame) + 1} of 12`);
    if (view?.sha256 !== expected) wrong.push(`${name}: ${JSON.stringify(view)}`);
  }
  expect(wrong).toEqual([]);
});

test('I18 alpha is judged as stored, on white and on black', async ({ page }) => {
  const seen = async (name: string) => {
    const { views, notes, unit, checked, total } = await page.evaluate(
      (path) => window.pictures.decodeUrl(path),
      `made/${name}`,
    );
    return { views: views.map((view) => [view.name, view.first.slice(0, 3)]), notes, unit, checked, total };
  };
  const three = {
    notes: ['Has transparency: judged as stored, on white and on black.'],
    unit: 'views',
    checked: 3,
    total: 3,
  };
  for (const name of ['hidden.png', 'hidden-large.png'])
    expect(await seen(name)).toEqual({
      ...three,
      views: [
        ['as stored', [200, 30, 60]],
        ['on white', [255, 255, 255]],
        ['on black', [0, 0, 0]],
      ],
    });
  const half = await seen('half.png');
  // 100 × 128 / 255 = 50.2; and 255 × 127 / 255 more on white.
  expect(half.views.map(([, first]) => (first as number[])[0])).toEqual([100, 177, 50]);
  expect((await seen('transparent.gif')).views.map(([name]) => name)).toEqual(['on white', 'on black']);
});

test('I12 all eight orientations are turned upright, and previews with them', async ({ page }) => {
  for (let turn = 1; turn <= 8; turn++) {
    const { views } = await page.evaluate((path) => window.pictures.decodeUrl(path), `made/turn-${turn}.jpg`);
    const [width, height] = turn >= 5 ? [32, 48] : [48, 32];
    expect(views[0], `orientation ${turn}`).toMatchObject({ width, height });
    const preview = await page.evaluate((path) => window.pictures.preview(path, 24), `made/turn-${turn}.jpg`);
    expect(await page.evaluate((path) => window.pictures.sampled(path, 16), `made/turn-${turn}.jpg`)).toBe(
      true,
    );
    expect(preview).toMatchObject({ width, height, size: turn >= 5 ? [16, 24] : [24, 16], format: 'JPEG' });
  }
});

test('I04 I05 animations are sampled over their length, and say so', async ({ page }) => {
  const { views, notes, unit, checked, total } = await page.evaluate(() =>
    window.pictures.decodeUrl('made/moving.png'),
  );
  expect(views.map(({ name }) => name)).toEqual(
    [1, 4, 6, 9, 12, 15, 17, 20].map((frame) => `frame ${frame} of 20`),
  );
  // Frame i of the fixture is grey i × 20.
  expect(views.map(({ first }) => first[0])).toEqual([0, 3, 5, 8, 11, 14, 16, 19].map((i) => (i * 20) & 255));
  expect({ notes, unit, checked, total }).toEqual({
    notes: ['8 of 20 frames were checked.'],
    unit: 'frames',
    checked: 8,
    total: 20,
  });
});

test('previews show the first frame on grey, never enlarged, with notes', async ({ page }) => {
  const preview = (path: string, side: number) =>
    page.evaluate(([from, longest]) => window.pictures.preview(from, longest), [path, side] as const);
  expect(await preview('made/moving.png', 1600)).toMatchObject({
    size: [8, 8],
    animated: true,
    notes: ['Animated: 20 frames; the first is shown.'],
  });
  const half = await preview('made/hidden.png', 16);
  expect(half).toMatchObject({ size: [16, 16], width: 32, height: 32, notes: ['Has transparency.'] });
  expect(half.first).toEqual([128, 128, 128, 255]);
  expect((await preview('sources/wide-2000x5.png', 24)).size).toEqual([24, 1]);
  expect((await preview('made/trailing.png', 24)).notes).toEqual([
    '1,234 bytes follow the picture; they were not checked.',
  ]);
});

test('a browser that leaves canvases alone passes the canvas check', async ({ page }) => {
  expect(await page.evaluate(() => window.pictures.checkCanvas())).toEqual({ exact: true, largest: 0 });
});

test('a browser that alters canvases is noticed', async ({ page }) => {
  expect(await page.evaluate(() => window.pictures.checkAlteredCanvas())).toEqual({
    exact: false,
    largest: 1,
  });
});
