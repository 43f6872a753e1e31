/** Strings made to break a text pipeline: expansion, half characters, long runs, quadratic traps. */
import { describe, expect, it } from 'vitest';
import {
  chipLabel,
  escapeHidden,
  findHidden,
  isObfuscated,
  type NgramConfig,
  ngramFeatures,
  normalise,
  readings,
  skeleton,
  wellFormed,
  windows,
  wordContributions,
} from './index';

const CONFIG: NgramConfig = {
  characterBuckets: 4096,
  wordBuckets: 1024,
  characterSizes: [1, 2, 3, 4, 5],
  wordSizes: [1, 2],
  windowCharacters: 2000,
};

describe('U05 a thousand marks', () => {
  const text = `pine${'\u0301'.repeat(1000)}apple`;

  it('U05 are taken away for scoring and reported as one run', () => {
    expect(normalise(text).text).toBe('pineapple');
    const found = findHidden(text);
    expect(found).toEqual([
      { start: 4, end: 1004, codePoint: 0x301, name: '1000 combining marks', kind: 'combining-run' },
    ]);
    expect(chipLabel(found[0]!)).toBe('×1000 marks');
  });

  it('U05 with hidden characters between them, or on no letter at all, fare no better', () => {
    const broken = `pine${'\u0301\u200b'.repeat(1000)}apple`;
    expect(normalise(broken).text).toBe('pineapple');
    const bare = normalise('\u0301'.repeat(1000)).text;
    expect(bare.length).toBeLessThanOrEqual(8);
    for (const base of ['א', 'ب', 'क', 'ไ', '漢', '한', '7', '😀'])
      expect([...normalise(base + '\u0323'.repeat(1000)).text].length).toBeLessThanOrEqual(9);
  });
});

describe('U07 expansion', () => {
  it.each([
    ['U+FDFA', '\ufdfa'],
    ['U+FDFB', '\ufdfb'],
    ['U+3316', '\u3316'],
    ['U+1F82', '\u1f82'],
    ['U+1D160', '\u{1d160}'],
    ['U+2A74', '\u2a74'],
    ['U+0390', '\u0390'],
    ['U+0130', '\u0130'],
    ['U+3300', '\u3300'],
    ['U+33A3', '㎣'],
  ])('U07 a thousand times %s stays within four times its length', (_, character) => {
    const text = character.repeat(1000);
    for (const reading of [normalise(text), skeleton(text)])
      expect(reading.text.length).toBeLessThanOrEqual(4 * text.length);
  });
});

describe('U08 half characters', () => {
  const texts = [
    '\ud83d',
    'a\udc00b',
    '\udc00\ud83d',
    'pine\ud83d\u200b\ude00apple',
    '\ud800'.repeat(500),
    '\udbff\udfff\udbff',
  ];

  it.each(texts.map((text) => [JSON.stringify(text), text]))('U08 %s', (_, text) => {
    expect(wellFormed(text).isWellFormed()).toBe(true);
    expect(new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode(wellFormed(text)))).toBe(
      wellFormed(text),
    );
    for (const reading of readings(text).slice(1)) expect(reading.text.isWellFormed()).toBe(true);
    const halves = [...text].filter((character) => !character.isWellFormed()).length;
    expect(findHidden(text).filter(({ kind }) => kind === 'surrogate')).toHaveLength(halves);
    if (halves > 0) expect(readings(text).length).toBeGreaterThan(1);
    expect(escapeHidden(text).isWellFormed()).toBe(true);
  });

  it('U08 well-formed text is handed back as it is', () => {
    expect(wellFormed('pineapple 🍍')).toBe('pineapple 🍍');
  });
});

describe('U14 the escaped form', () => {
  const unescaped = (text: string): string =>
    text.replace(/\\u\{([0-9A-F]+)\}/g, (_, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, 16)),
    );

  it.each([
    ['pine\u200bapple', 'pine\\u{200B}apple'],
    ['\u202epineapple\u202c', '\\u{202E}pineapple\\u{202C}'],
    ['a\u{e0061}b', 'a\\u{E0061}b'],
    ['pine\ud83dapple', 'pine\\u{D83D}apple'],
    ['pine\u0008apple', 'pine\\u{8}apple'],
    [`e${'\u0301'.repeat(5)}`, `e${'\\u{301}'.repeat(5)}`],
  ])('U14 %j', (text, escaped) => {
    expect(escapeHidden(text)).toBe(escaped);
    expect(unescaped(escaped)).toBe(text);
    expect(findHidden(escaped)).toEqual([]);
  });

  it('U14 more hidden characters than findHidden lists are all escaped', () => {
    const text = 'a\u200b'.repeat(20_000);
    expect(findHidden(text)).toHaveLength(10_000);
    const escaped = escapeHidden(text);
    expect(unescaped(escaped)).toBe(text);
    expect(escaped).not.toContain('\u200b');
  });

  it('U14 ordinary text is not escaped', () => {
    for (const text of ['pineapple', 'می‌روم', '👩‍👩‍👧', 'tab\tand\nline'])
      expect(escapeHidden(text)).toBe(text);
  });
});

/** Strings of `length` units that have made text code slow somewhere. */
const TRAPS: readonly [string, (length: number) => string][] = [
  ['one letter', (length) => 'a'.repeat(length)],
  ['one digit', (length) => '1'.repeat(length)],
  ['spaces', (length) => ' '.repeat(length)],
  ['spaces and an end', (length) => `${' '.repeat(length - 1)}x`],
  ['letters and spaces', (length) => 'a '.repeat(length / 2)],
  ['one mark', (length) => `a${'\u0301'.repeat(length - 1)}`],
  ['marks of falling class', (length) => `a${'\u0301\u0323\u0334'.repeat(length / 3)}`],
  ['a mark on every letter', (length) => 'p\u0336'.repeat(length / 2)],
  ['zero width only', (length) => '\u200b'.repeat(length)],
  ['joiners after an emoji', (length) => `👩${'\u200d'.repeat(length - 2)}`],
  ['direction marks', (length) => '\u200f'.repeat(length)],
  ['direction marks around Hebrew', (length) => '\u200fא'.repeat(length / 2)],
  ['overrides', (length) => '\u202e\u2066'.repeat(length / 2)],
  ['flags without end', (length) => '\u{1f3f4}\u{e0067}\u{e0062}'.repeat(length / 6)],
  ['tags', (length) => '\u{e0061}'.repeat(length / 2)],
  ['selectors', (length) => '\ufe0f'.repeat(length)],
  ['viramas', (length) => `क${'\u094d'.repeat(length - 1)}`],
  ['virama and joiner', (length) => 'क्\u200d'.repeat(length / 3)],
  ['Hangul vowels', (length) => `\u1100${'\u1161'.repeat(length - 1)}`],
  ['halfwidth voicing marks', (length) => `ｶ${'\uff9e'.repeat(length - 1)}`],
  ['long ligature', (length) => '\ufdfa'.repeat(length)],
  ['half characters', (length) => '\ud83d'.repeat(length)],
  ['mixed scripts in one word', (length) => 'аa'.repeat(length / 2)],
  ['digits between letters', (length) => 'a1'.repeat(length / 2)],
  ['phonetic letters', (length) => 'ᴀ'.repeat(length)],
  ['enclosed letters', (length) => '🅐'.repeat(length / 2)],
  ['dotted capital I', (length) => 'İ'.repeat(length)],
  ['Han', (length) => '漢'.repeat(length)],
  ['sara am', (length) => 'ำ'.repeat(length)],
];

const WORK: readonly [string, (text: string) => unknown][] = [
  ['findHidden', (text) => findHidden(text)],
  ['escapeHidden', (text) => escapeHidden(text)],
  ['isObfuscated', (text) => isObfuscated(text)],
  ['normalise', (text) => normalise(text)],
  ['skeleton', (text) => skeleton(text)],
  ['readings', (text) => readings(text)],
  ['windows', (text) => windows(text, 2000, 200)],
  ['ngramFeatures', (text) => ngramFeatures(text, CONFIG)],
];

/** Median of an odd number of runs, in milliseconds of processor time: a busy machine makes nothing slower by it. */
function time(work: () => unknown, runs = 3): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

describe.each(WORK)('U11 %s', (name, work) => {
  it(`U11 ${name}: 10,000 characters in 50 ms, and four times the text in about four times the time`, () => {
    const slow: string[] = [];
    for (const [trap, make] of TRAPS) {
      const [small, large] = [make(10_000), make(40_000)];
      let first = Number.POSITIVE_INFINITY;
      let fourth = Number.POSITIVE_INFINITY;
      // Other processes take the processor away; a quadratic function is slow every time, so the least counts.
      for (let attempt = 0; attempt < 12; attempt++) {
        first = Math.min(
          first,
          time(() => work(small)),
        );
        fourth = Math.min(
          fourth,
          time(() => work(large), attempt === 0 ? 1 : 3),
        );
        if (first <= 50 && fourth <= 9 * first + 10) break;
      }
      if (first > 50 || fourth > 9 * first + 10)
        slow.push(`${trap}: ${first.toFixed(1)} ms, then ${fourth.toFixed(1)} ms`);
    }
    expect(slow).toEqual([]);
  });
});

it('U11 wordContributions: 10,000 characters in 50 ms, and four times the text in about four times the time', () => {
  for (const make of [
    (n: number) => 'a '.repeat(n / 2),
    (n: number) => 'a'.repeat(n),
    (n: number) => '!'.repeat(n),
    (n: number) => '漢'.repeat(n),
  ]) {
    const run = (length: number): number => {
      const text = make(length);
      const reading = readings(text)[0]!;
      const features = ngramFeatures(text, CONFIG);
      const perFeature = new Float32Array(features.indices.length * 2).fill(0.5);
      const once = () => time(() => wordContributions(text, reading, features, perFeature));
      return Math.min(once(), once(), once(), once());
    };
    expect(run(10_000)).toBeLessThanOrEqual(50);
    expect(run(40_000)).toBeLessThanOrEqual(200);
  }
});
