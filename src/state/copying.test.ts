import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { judge, parsePolicy, worst } from '../core/policy';
import { policyFile, sdkCode } from './copying';
import { policyOf, rule, scoresOf } from './testing';

const schema = JSON.parse(readFileSync('public/policy.schema.json', 'utf8'));
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
const policy = policyOf({ 'starter-text': [rule(0.4, 0.7)], 'starter-image': [rule(0.2, 0.3)] });

describe('copy as policy', () => {
  it('is what the schema describes, and reads back as the same policy', () => {
    const file = JSON.parse(policyFile(policy));
    expect(valid(file), JSON.stringify(valid.errors)).toBe(true);
    expect({ ...parsePolicy(file), models: { ...parsePolicy(file).models } }).toEqual(policy);
  });

  it.each([
    ['another version', '"version": 1', '"version": 2'],
    ['a line above 1', '"block": 0.7', '"block": 1.2'],
    ['a line that is not a number', '"block": 0.7', '"block": "0.7"'],
    ['a rule without labels', '"pineapple"\n', '\n'],
    ['a field of its own', '"version": 1', '"version": 1, "safe": true'],
  ])('the schema refuses %s', (_, good, bad) => {
    const file = policyFile(policy);
    expect(file).toContain(good);
    expect(valid(JSON.parse(file.replace(good, bad)))).toBe(false);
  });
});

describe('copy code', () => {
  /** Runs the copied module against an SDK of the test's own. */
  async function run(code: string, value: number) {
    const asked: string[] = [];
    const sdk = {
      judge,
      worst,
      createWinnow: async () => ({
        classifyText: async (_: string, { model }: { model: string }) => {
          asked.push(model);
          return scoresOf(model, value);
        },
        classifyImage: async (_: Blob, { model }: { model: string }) => {
          asked.push(model);
          return scoresOf(model, value);
        },
      }),
    };
    const body = code
      .replace(/^import (\{[^}]+\}) from '\/sdk\/winnow\.js';/, 'const $1 = sdk;')
      .replace('export async function check', 'async function check');
    const Async = (async () => {}).constructor as new (
      ...source: string[]
    ) => (sdk: unknown) => Promise<unknown>;
    const check = (await new Async('sdk', `${body}\nreturn check;`)(sdk)) as (
      input: unknown,
    ) => Promise<unknown>;
    return { check, asked };
  }
  const models = [
    { id: 'starter-text', task: 'text' },
    { id: 'starter-image', task: 'image' },
  ] as const;

  it('judges text and pictures by the copied lines', async () => {
    const { check, asked } = await run(sdkCode(policy, models), 0.5);
    expect(await check('a pineapple')).toMatchObject({ verdict: 'review', model: 'starter-text' });
    expect(await check(new Blob())).toMatchObject({ verdict: 'block', model: 'starter-image' });
    expect(asked).toEqual(['starter-text', 'starter-image']);
  });

  it('R1: without a model for the input it is Needs review, never clear', async () => {
    const { check } = await run(sdkCode(policy, [models[0]]), 0.5);
    expect(await check(new Blob())).toMatchObject({ verdict: 'needs-review' });
  });
});
