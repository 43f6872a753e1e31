import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pattern, patternNames } from './patterns';

const sha256 = (bytes: Uint8ClampedArray) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('pattern', () => {
  it('draws the same bytes as ever: stored self-tests depend on them', () => {
    const drawn = Object.fromEntries(patternNames.map((name) => [name, sha256(pattern(name).data)]));
    expect(drawn).toMatchInlineSnapshot(`
      {
        "checker": "d0b9f682f22f50c5",
        "gradient": "3f82ec82e3c2f402",
        "hills": "79a3eaa2a91cea94",
        "noise": "21e9a5e65d011839",
        "stripes": "c5709c92bf1297f0",
        "zone-plate": "99091634ab3438ea",
      }
    `);
  });

  it('draws any size, opaque', () => {
    for (const name of patternNames)
      for (const [width, height] of [
        [1, 1],
        [1, 40],
        [40, 1],
        [33, 17],
      ] as const) {
        // biome-ignore format: pairs
        const picture = pattern(name, width, height);
        expect(picture.data.length).toBe(4 * width * height);
        expect(picture.data.every((byte, i) => i % 4 !== 3 || byte === 255)).toBe(true);
      }
  });

  it('refuses a name it does not know', () => {
    expect(() => pattern('constructor')).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});
