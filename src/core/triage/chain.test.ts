import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidError } from '../errors';
import { sha256 } from '../sha256';
import { canonical } from './canonical';
import { beginning, ChainCheck, nextRecords, recordHash, verifyChain } from './chain';
import { parseStrictJson } from './strict-json';
import { testChain, testDraft, testHeader, testItem } from './testing';
import type { Act, DecisionRecord } from './types';

const nodes = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');

describe('canonical JSON', () => {
  it('is what RFC 8785 prints for its own example', () => {
    // RFC 8785, 3.2.2 to 3.2.4: numbers, escapes, and keys in the order of their UTF-16 units.
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.keys(JSON.parse(canonical(keys)))).toHaveLength(7);
    expect([...canonical(keys).matchAll(/:(\d)/g)].map(([, digit]) => digit).join('')).toBe('2467153');
  });

  it('does not depend on the order of keys, and says the same as JSON', () => {
    const noNull = (text: string) =>
      !['__proto__', 'constructor', 'prototype'].some((key) => text.includes(key));
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const plain = JSON.stringify(value);
        if (!plain.isWellFormed() || /\\ud[89a-f]/.test(plain)) return;
        const written = canonical(value);
        expect(JSON.parse(written)).toEqual(JSON.parse(plain));
        const reversed = JSON.parse(plain, (_, part) =>
          part !== null && typeof part === 'object' && !Array.isArray(part)
            ? Object.fromEntries(Object.entries(part).reverse())
            : part,
        );
        if (noNull(plain)) expect(canonical(reversed)).toBe(written);
      }),
    );
  });

  it('refuses what has no such form', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', () => 1, [undefined], loop, 1n])
      expect(() => canonical(value)).toThrow(InvalidError);
  });
});

describe('JSON of strangers', () => {
  it('is read as JSON.parse reads it, or refused', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const plain = JSON.parse(text);
        if (/__proto__|constructor|prototype/.test(text)) return;
        try {
          expect(JSON.parse(JSON.stringify(parseStrictJson(text)))).toEqual(
            JSON.parse(JSON.stringify(plain)),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidError);
          expect((error as Error).message).toMatch(/too large|twice/);
        }
      }),
    );
    const good = '{"a":[1,-2.5e3,"x\\n\\u00e9\\\\",true,false,null,{}],"b":""}';
    expect(JSON.stringify(parseStrictJson(` ${good}\n`))).toBe(JSON.stringify(JSON.parse(good)));
  });

  it('any text is JSON to both or to neither', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '1',
      '-',
      '.',
      'e',
      'true',
      ' ',
      'a',
      '\u0001',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        let theirs = true;
        try {
          JSON.parse(text);
        } catch {
          theirs = false;
        }
        if (theirs) {
          try {
            parseStrictJson(text);
          } catch (error) {
            expect((error as Error).message).toMatch(/too large|twice/);
          }
        } else expect(() => parseStrictJson(text)).toThrow(InvalidError);
      }),
      { numRuns: 5000 },
    );
  });

  it('A08: keys that reach a prototype are refused at any depth, also when escaped', () => {
    const before = Object.keys(Object.prototype).length;
    fc.assert(
      fc.property(
        fc.constantFrom('__proto__', 'constructor', 'prototype', '\\u005f_proto__', 'const\\u0072uctor'),
        fc.integer({ min: 0, max: 5 }),
        (key, depth) => {
          const text = `${'{"a":['.repeat(depth)}{"${key}":{"x":1}}${']}'.repeat(depth)}`;
          expect(() => parseStrictJson(text)).toThrow(/may not have a field/);
        },
      ),
    );
    expect(Object.keys(Object.prototype)).toHaveLength(before);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('A09: depth, number of values, huge whole numbers and keys that come twice are refused at once', () => {
    const deep = 100_000;
    for (const text of [
      ...['['.repeat(deep), '{"a":'.repeat(deep), `[${'1,'.repeat(200_000)}1]`],
      ...['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '9007199254740993', '1e999', '-12345678901234567890'],
    ]) {
      const busy = process.cpuUsage();
      expect(() => parseStrictJson(text)).toThrow(InvalidError);
      expect(process.cpuUsage(busy).user / 1000).toBeLessThan(2_000);
    }
  });
});

const acts = fc.array(
  fc.constantFrom<Act>('clear', 'block', 'escalate', 'skip', 'concern', 'label', 'note', 'undo', 'redo'),
  { minLength: 1, maxLength: 25 },
);

describe('the chain', () => {
  const header = testHeader();
  const items = [0, 1, 2, 3].map((ordinal) => testItem(ordinal));

  it('holds as it was written, also after JSON, and by another hash function', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const records = testChain(header, items, all);
        const back = JSON.parse(JSON.stringify(records)) as DecisionRecord[];
        expect(verifyChain(header, back)).toMatchObject({ seq: records.length });
        expect(verifyChain(header, back, nodes).hash).toBe(verifyChain(header, records).hash);
      }),
    );
  });

  it('an altered, dropped, moved or added record is found, and named', () => {
    const change = fc.constantFrom('alter', 'rehash', 'drop', 'swap', 'insert', 'elsewhere');
    fc.assert(
      fc.property(acts, change, fc.nat(), (all, how, where) => {
        const records = testChain(header, items, ['clear', 'block', ...all]);
        const at = where % (records.length - 1);
        const [one, next] = [records[at]!, records[at + 1]!];
        const altered = { ...one, at: '2020-01-01T00:00:00.000Z' };
        const changed: Record<typeof how, () => [DecisionRecord[], number]> = {
          alter: () => [records.with(at, altered), at + 1],
          // Whoever knows how hashes are made can repair the record, but then the next does not follow.
          rehash: () => [records.with(at, { ...altered, hash: recordHash(altered) }), at + 2],
          drop: () => [records.toSpliced(at, 1), at + 1],
          swap: () => [records.with(at, next).with(at + 1, one), at + 1],
          insert: () => [records.toSpliced(at + 1, 0, { ...one, item: 'i9' }), at + 2],
          elsewhere: () => [records.with(at, { ...one, run: 'f'.repeat(32) }), at + 1],
        };
        const [forged, seq] = changed[how]();
        const check = new ChainCheck(header);
        const found = forged.map((record) => check.next(record)).find((problem) => problem !== undefined);
        expect(found?.seq).toBe(seq);
        expect(() => verifyChain(header, forged)).toThrow(InvalidError);
      }),
      { numRuns: 300 },
    );
  });

  it('hangs from the head: other thresholds there, and record 1 does not follow', () => {
    const records = testChain(header, items, ['clear']);
    const other = testHeader({ name: 'Vegetables' });
    expect(() => verifyChain(other, records)).toThrow(/does not follow from the head/);
  });

  it('C03: of a concern there is hash, time, label, model and decision, and nothing else', () => {
    const draft = testDraft(header, items[0]!, 'concern', {
      ...{ reason: 'a reason', note: 'a note', labels: ['pineapple'], unseen: true },
    });
    const [record] = nextRecords(header.id, beginning(header), [draft], { at: 'T', by: 'somebody' });
    expect(Object.keys(record!).sort()).toEqual(
      ['at', 'decision', 'hash', 'item', 'labels', 'models', 'prev', 'run', 'seq', 'sha256', 'v'].sort(),
    );
    expect(record!.models).toEqual([{ id: 'm', sha256: sha256('m') }]);
    expect(JSON.stringify(record)).not.toMatch(/reason|a note|somebody|probabilities/);
  });

  it('S18: goes by number, not by the clock', () => {
    const tail = beginning(header);
    const [first] = nextRecords(header.id, tail, [testDraft(header, items[0]!, 'block')], {
      at: '2026-11-02T00:00:00Z',
    });
    const [second] = nextRecords(header.id, first!, [testDraft(header, items[0]!, 'clear')], {
      at: '2026-11-01T00:00:00Z',
    });
    expect(verifyChain(header, [first!, second!]).seq).toBe(2);
  });

  it('half characters in a note are made whole rather than lost', () => {
    const draft = testDraft(header, items[0]!, 'note', { note: 'cut \ud83d' });
    const [record] = nextRecords(header.id, beginning(header), [draft], { at: 'T' });
    expect(record!.note).toBe('cut \ufffd');
  });
});
