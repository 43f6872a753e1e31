/** What holds for every string whatsoever. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chipLabel,
  escapeHidden,
  findHidden,
  isObfuscated,
  type NgramConfig,
  ngramFeatures,
  normalise,
  type Reading,
  readings,
  skeleton,
  wellFormed,
  windows,
  wordContributions,
} from './index';

const CONFIG: NgramConfig = {
  characterBuckets: 1 << 12,
  wordBuckets: 1 << 10,
  characterSizes: [1, 2, 3, 4],
  wordSizes: [1, 2],
  windowCharacters: 400,
};

/** Everything that some rule of the pipeline looks at, so that rules meet each other. */
const PIECES = [
  ...'pineapple Harbour a I 1 3 . İ ı ß é ñ ḣ ọ ấ ļ а е о р т ж О ο ν Σ ς η օ Ꭺ ꓐ ᴀ ɑ ſ ﬁ Ⓐ 🅐 🅰 ™ Ⓜ ａ 𝐩 ² ½ ㎣'.split(
    ' ',
  ),
  ...'א ب می क ක් ག ั ำ ກ ក 漢 か ｶ 한 ㅏ ᠮ 🏴 👩 ❤ 🏽'.split(' '),
  ...' \n\t\u2028\u212a\ufdfa\u0344\u1f82\u{1d160}\u094d\uff9e\u1100\u1161\u11a8\u3164\u115f\u2800\u17b5\u180b\u180e',
  ...'\u0301\u0308\u0323\u0336\u20dd\u20e3\u0951\u05b0\u064b\u0307\u0345\ufe00\ufe0f\u{e0100}\u{e0061}\u{e007f}',
  ...'\u200b\u200c\u200d\u200e\u200f\u061c\u202e\u2066\u2060\ufeff\u00ad\u034f\0\u007f\u0085\ufffd\uffff',
  '\ud83d',
  '\udc69',
];
const mixed = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join(''));
const anyText = fc.oneof(
  { weight: 4, arbitrary: mixed },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
      .map((units) => String.fromCharCode(...units)),
  },
);

const check = (seed: number, holds: (text: string) => void, numRuns = 3000): void => {
  fc.assert(fc.property(anyText, holds), { seed, numRuns });
};

function expectMap(text: string, { text: read, offsets }: Reading): void {
  expect(offsets.length).toBe(read.length + 1);
  expect(offsets[read.length]).toBe(text.length);
  let before = 0;
  for (const offset of offsets) {
    if (offset < before || offset > text.length)
      expect.fail(`offset ${offset} after ${before} of ${text.length}`);
    before = offset;
  }
}

describe('every string', () => {
  it('U08 never throws, and the first reading is the raw text', () => {
    check(1, (text) => {
      const found = readings(text);
      expect(found[0]).toMatchObject({ name: 'raw', text, changed: false });
      expect(found.length).toBeLessThanOrEqual(3);
      for (const reading of found.slice(1)) {
        expect(reading.changed).toBe(true);
        expect(reading.text.isWellFormed()).toBe(true);
      }
      isObfuscated(text);
      escapeHidden(text);
      expect(wellFormed(text).isWellFormed()).toBe(true);
    });
  });

  it('U01 normalise is idempotent', () => {
    check(2, (text) => {
      const once = normalise(text).text;
      expect(normalise(once).text).toBe(once);
      expect(normalise(once).changed).toBe(false);
    });
  });

  it('U02 skeleton is idempotent', () => {
    check(3, (text) => {
      const once = skeleton(text).text;
      expect(skeleton(once).text).toBe(once);
    });
  });

  it('U01 what is normalised hides nothing', () => {
    check(4, (text) => {
      expect(findHidden(normalise(text).text)).toEqual([]);
    });
  });

  it('U07 no reading is longer than four times the text', () => {
    check(5, (text) => {
      for (const reading of readings(text)) expect(reading.text.length).toBeLessThanOrEqual(4 * text.length);
    });
  });

  it('U03 offsets lead back into the raw text and never go backwards', () => {
    check(6, (text) => {
      for (const reading of [...readings(text), normalise(text), skeleton(text)]) expectMap(text, reading);
    });
  });

  it('U04 findHidden: in order, inside the text, never overlapping', () => {
    check(7, (text) => {
      let at = 0;
      for (const hidden of findHidden(text)) {
        expect(hidden.start).toBeGreaterThanOrEqual(at);
        expect(hidden.end).toBeGreaterThan(hidden.start);
        expect(hidden.codePoint).toBe(text.codePointAt(hidden.start));
        expect(chipLabel(hidden).length).toBeGreaterThan(0);
        expect(hidden.name.length).toBeGreaterThan(0);
        at = hidden.end;
      }
      expect(at).toBeLessThanOrEqual(text.length);
    });
  });

  it('U14 the escaped form leads back to the text', () => {
    check(8, (text) => {
      if (text.includes('\\u{')) return;
      const back = escapeHidden(text).replace(/\\u\{([0-9A-F]+)\}/g, (_, digits: string) =>
        String.fromCodePoint(Number.parseInt(digits, 16)),
      );
      expect(back).toBe(text);
    });
  });

  it('U13 windows cover it', () => {
    check(9, (text) => {
      const found = windows(text, 8, 4);
      expect(found[0]!.start).toBe(0);
      expect(found.at(-1)!.end).toBe(text.length);
    });
  });

  it('U11 ngramFeatures: the same twice, spans inside the text, buckets inside the table', () => {
    check(
      10,
      (text) => {
        for (const { text: read } of readings(text)) {
          const features = ngramFeatures(read, CONFIG);
          expect(ngramFeatures(read, CONFIG)).toEqual(features);
          features.indices.forEach((bucket, index) => {
            const [start, end] = [features.starts[index]!, features.ends[index]!];
            if (!(start < end && end <= read.length))
              expect.fail(`span ${start} to ${end} of ${read.length}`);
            if (bucket < 0 || bucket >= CONFIG.characterBuckets + CONFIG.wordBuckets)
              expect.fail(`bucket ${bucket}`);
            if (!(features.values[index]! > 0)) expect.fail(`value ${features.values[index]}`);
          });
        }
      },
      600,
    );
  });

  it('U13 wordContributions: the sum stays, words lie in the raw text in order', () => {
    check(
      11,
      (text) => {
        for (const reading of readings(text)) {
          const features = ngramFeatures(reading.text, CONFIG);
          const labels = 3;
          const perFeature = Float32Array.from(
            { length: features.indices.length * labels },
            (_, index) =>
              ((((features.indices[(index / labels) | 0]! + 1) * ((index % labels) + 7)) % 101) - 50) / 50,
          );
          const words = wordContributions(text, reading, features, perFeature);
          for (let label = 0; label < labels; label++) {
            let total = 0;
            for (let index = label; index < perFeature.length; index += labels) total += perFeature[index]!;
            const sum = words.reduce((part, word) => part + word.logits[label]!, 0);
            expect(Math.abs(sum - total)).toBeLessThanOrEqual(1e-4);
          }
          let at = 0;
          for (const { start, end } of words) {
            if (!(start >= at && start < end && end <= text.length))
              expect.fail(`${start} to ${end} after ${at}`);
            at = start;
          }
        }
      },
      600,
    );
  });
});

describe('words that moved the score', () => {
  it('U01 a word found behind hidden characters is marked where it stands in the raw text', () => {
    const text = 'see pine\u200bap\u200bple now';
    const reading = readings(text)[1]!;
    const features = ngramFeatures(reading.text, CONFIG);
    const perFeature = Float32Array.from(features.indices, (_, index) =>
      reading.text.slice(features.starts[index]!, features.ends[index]!) === 'pineapple' ? 1 : 0,
    );
    const words = wordContributions(text, reading, features, perFeature);
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(['pine\u200bap\u200bple']);
    expect(words[0]!.logits[0]).toBeGreaterThan(0);
  });

  it('U13 no features, no words', () => {
    const text = ' \n ';
    expect(
      wordContributions(text, readings(text)[0]!, ngramFeatures(text, CONFIG), new Float32Array(0)),
    ).toEqual([]);
  });
});
