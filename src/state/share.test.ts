import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../core/policy';
import { applyShared, decodeThresholds, encodeThresholds } from './share';
import { policyOf, rule } from './testing';

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed());
/** Six places, as the address keeps them. */
const line = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000);
const rules = fc.uniqueArray(
  fc.record({ score: name, labels: fc.constant(['pineapple']), lines: fc.tuple(line, line) }),
  { selector: (each) => each.score, maxLength: 6 },
);
const policies: fc.Arbitrary<Policy> = fc.dictionary(name, rules, { maxKeys: 5 }).map((models) =>
  policyOf(
    Object.fromEntries(
      Object.entries(models).map(([id, each]) => [
        id,
        each.map(({ score, labels, lines: [a, b] }) => ({
          score,
          labels,
          review: Math.min(a, b),
          block: Math.max(a, b),
        })),
      ]),
    ),
  ),
);

describe('thresholds in the address', () => {
  it('come back as they went in, whatever the names', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const shared = decodeThresholds(encodeThresholds(policy));
        const flat = Object.entries(policy.models).flatMap(([model, entry]) =>
          entry.rules.map(({ score, review, block }) => ({ model, score, review, block })),
        );
        expect(shared).toEqual(flat);
        expect(applyShared(policy, shared)).toEqual({
          policy: { ...policy, models: { ...policy.models } },
          unknown: 0,
        });
      }),
    );
  });

  it('need no further escaping in an address', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const text = encodeThresholds(policy);
        expect(new URL(`http://localhost/#/bench?t=${text}`).hash).toBe(`#/bench?t=${text}`);
      }),
    );
  });

  it('X10: hostile addresses end in a typed error or in well-formed rules', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...'1;:,.%5e-+0x_<"'), maxLength: 60 }).map((text) => `1;${text}`),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          for (const { review, block } of decodeThresholds(text))
            expect(0 <= review && review <= block && block <= 1).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-policy', kind: 'invalid' });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '1;a:b,0.7,0.4',
    '1;a:b,NaN,1',
    '1;a:b,-0.1,1',
    '1;a:b,1e-3,1',
    '1;a:b,0,2',
    '1;a:b,0',
    '1;a:b,0,1,1',
    '2;a:b,0,1',
    '1;%:b,0,1',
    '1;a:,0,1',
    '',
  ])('refuses %j', (text) => {
    expect(() => decodeThresholds(text)).toThrow(expect.objectContaining({ code: 'invalid-policy' }));
  });

  it('refuses an address longer than any policy without reading it', () => {
    expect(() => decodeThresholds(`1;${'a:b,0,1;'.repeat(100_000)}`)).toThrow(/too long/);
  });

  it('touches only rules that the cards know, and never a prototype', () => {
    const policy = policyOf({ starter: [rule(0.4, 0.7)] });
    const shared = decodeThresholds(
      '1;__proto__:pineapple,0,0;starter:pineapple,0.1,0.2:apple,0,0;other:pineapple,0,0',
    );
    const { policy: next, unknown } = applyShared(policy, shared);
    expect(next.models).toEqual({ starter: { rules: [rule(0.1, 0.2)] } });
    expect(unknown).toBe(3);
    expect(({} as Record<string, unknown>).pineapple).toBeUndefined();
  });
});
