import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTokenizer } from './tokenizer';

const FOLDER = join(__dirname, 'fixtures/tokenizer');
const file = (name: string) => readFileSync(join(FOLDER, name));
const json = JSON.parse(file('tokenizer.json').toString());
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const withModel = (model: object) => bytes({ ...json, model: { ...json.model, ...model } });

describe('openTokenizer', () => {
  const cases: { language: string | null; text: string; ids: number[] }[] = JSON.parse(
    file('expected.json').toString(),
  );

  it.each(cases)('gives the reference’s ids for $language $text', async ({ text, ids }) => {
    const tokenizer = await openTokenizer(file('tokenizer.json'), file('tokenizer_config.json'));
    expect([...tokenizer.encode(text)]).toEqual(ids);
  });

  it('does without its config', async () => {
    const tokenizer = await openTokenizer(file('tokenizer.json'));
    for (const { text, ids } of cases) expect([...tokenizer.encode(text)]).toEqual(ids);
  });

  it('M15 refuses a file over 32 MiB before it is read as JSON', async () => {
    await expect(openTokenizer(new Uint8Array(33 * 2 ** 20))).rejects.toThrow(/limit is 33554432/);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['what is not JSON', new Uint8Array([123, 1]), /not valid JSON/],
    ['a list', bytes([]), /should be an object/],
    ['no model', bytes({ ...json, model: undefined }), /model should be an object/],
    ['a kind it does not have', withModel({ type: 'Magic' }), /kind Magic/],
    ['merges that are not pairs', withModel({ merges: ['a b c'] }), /merge that is not of two/],
    ['merges that are numbers', withModel({ merges: [1, 2] }), /merge that is not of two/],
    ['merges of nothing', withModel({ merges: [['', 'a']] }), /merge that is not of two/],
    ['merges of unknown tokens', withModel({ merges: ['\u{1f6a2} a'] }), /not in its vocabulary/],
    ['merges into an unknown token', withModel({ vocab: { a: 0, b: 1 }, merges: ['a b'] }), /not in its voc/],
    ['no merges', withModel({ merges: undefined }), /merges should be a list/],
    ['a vocabulary that is a list', withModel({ vocab: ['a'] }), /vocabulary should be an object/],
    ['a token without a number', withModel({ vocab: { a: 'b' } }), /token without a number/],
    ['a token with a negative number', withModel({ vocab: { a: -1 } }), /token without a number/],
    [
      'a pattern that is not one',
      bytes({
        ...json,
        pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated', invert: false },
      }),
      /cannot be used|fails on/,
    ],
    ['a normaliser that is unknown', bytes({ ...json, normalizer: { type: 'Nothing' } }), /cannot be used/],
  ])('M15 refuses %s', async (_, given, words) => {
    const use = async () => (await openTokenizer(given)).encode('a text');
    await expect(use()).rejects.toThrow(words);
    await expect(use()).rejects.toMatchObject({ code: expect.stringMatching(/-model$/) });
  });

  it('U10 takes a megabyte without spaces, window by window', async () => {
    const tokenizer = await openTokenizer(file('tokenizer.json'));
    expect(tokenizer.encode('x'.repeat(2_000)).length).toBeGreaterThan(100);
  });
});
