/** The SDK as another page of the same origin uses it: import, classify, judge, close. */
import { expect, test } from '../support/sdk-page';

test('A page imports the SDK, classifies a text and a picture, judges both and closes', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  const found = await page.evaluate(async () => {
    const winnow = await sdk.createWinnow();
    const models = await winnow.models();
    const policy = sdk.defaultPolicy(models.map(({ card }) => card));
    const text = await winnow.classifyText('The boats leave the harbour at six.', { model: 'starter-text' });
    const image = await winnow.classifyImage(await picture(120), { model: 'starter-image' });
    const verdicts = [text, image].map((scores) => sdk.judge(scores, policy));
    await winnow.close();
    return {
      models: models.map(({ card, state, bytes }) => ({ id: card.id, state, bytes })),
      text,
      image,
      verdicts,
    };
  });
  const starters = found.models.filter(({ id }) => id.startsWith('starter-'));
  expect(starters.map(({ id, state }) => [id, state])).toEqual([
    ['starter-image', 'bundled'],
    ['starter-text', 'bundled'],
  ]);
  for (const { bytes } of starters) expect(bytes).toBeGreaterThan(10_000);
  for (const scores of [found.text, found.image]) {
    expect(scores).toMatchObject({ status: 'scored', backend: 'wasm', precision: 'exact' });
    expect(scores.probabilities).toHaveLength(scores.labels.length);
    expect(scores.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    expect(scores.milliseconds).toBeGreaterThan(0);
    expect(scores.coverage).toMatchObject({ checked: 1, total: 1 });
  }
  expect(found.text.labels).toEqual(['neutral', 'offensive', 'hateful']);
  expect(found.image.labels).toEqual(['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy']);
  for (const verdict of found.verdicts) expect(verdict.verdict).toBe('clear');
});

test('U01, U13: hidden characters and a word far down do not get past a text model', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  const found = await page.evaluate(async () => {
    const winnow = await sdk.createWinnow();
    const policy = sdk.defaultPolicy((await winnow.models()).map(({ card }) => card));
    const judged = async (text: string) => {
      const scores = await winnow.classifyText(text, { model: 'stand-in-pineapple' });
      return { scores, verdict: sdk.judge(scores, policy) };
    };
    return {
      plain: await judged('A crate of pineapple on the quay.'),
      hidden: await judged('A crate of pi\u200bne\u200bapple on the quay.'),
      lookalike: await judged('A crate of p\u0456neapple on the quay.'),
      far: await judged(`${'The boats leave the harbour at six. '.repeat(2_000)}pineapple`),
      without: await judged('A crate of lemons on the quay.'),
    };
  });
  for (const name of ['plain', 'hidden', 'lookalike', 'far'] as const)
    expect(found[name].verdict.verdict, name).toBe('block');
  expect(found.without.verdict.verdict).toBe('clear');
  expect(found.hidden.scores.hiddenCount).toBe(2);
  expect(found.hidden.scores.hidden?.[0]).toMatchObject({ label: 'U+200B', start: 13, end: 14 });
  expect(found.hidden.verdict.fired?.part).toBe('normalised');
  const { coverage } = found.far.scores;
  expect(coverage.unit).toBe('windows');
  expect(coverage.checked).toBe(coverage.total);
  expect(found.far.verdict.fired?.part).toBe(`raw, window ${coverage.total}`);
  const length = 2_000 * 'The boats leave the harbour at six. '.length + 'pineapple'.length;
  expect(coverage.parts![0]).toMatchObject({ start: 0 });
  expect(coverage.parts!.at(-1)).toMatchObject({ end: length });
  const [last] = found.far.scores.contributions!.filter(({ logits }) => logits[0]! > 1);
  expect(last).toMatchObject({ start: length - 'pineapple'.length, end: length });
  // The words that pushed the score, as offsets into the text as given.
  const [word] = found.plain.scores.contributions!.filter(({ logits }) => logits[0]! > 1);
  expect('A crate of pineapple on the quay.'.slice(word!.start, word!.end)).toBe('pineapple');
});
