/**
 * Pictures made in code, the same to the bit on every machine: whole numbers only. They are what a
 * model is tested on when it is opened, so nothing needs to be downloaded or kept.
 */
import { InvalidError } from '../errors';

export interface Picture {
  /** RGBA, opaque. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Red, green, blue of a pixel, 0 to 255. */
type Shader = (x: number, y: number, width: number, height: number) => readonly [number, number, number];

const PATTERNS: ReadonlyMap<string, () => Shader> = new Map<string, () => Shader>([
  ['gradient', () => gradient],
  ['checker', () => checker],
  ['stripes', () => stripes],
  ['zone-plate', () => zonePlate],
  ['noise', noise],
  ['hills', hills],
]);

export const patternNames: readonly string[] = [...PATTERNS.keys()];

/**
 * The pattern of that name. Self-tests use the default size, which no model takes as it is, so that
 * resampling is tested too. Throws `invalid-input` for an unknown name.
 */
export function pattern(name: string, width = 300, height = 200): Picture {
  const shader = PATTERNS.get(name)?.();
  if (!shader) throw new InvalidError('invalid-input', `There is no pattern called “${name}”.`);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 4) {
      data.set(shader(x, y, width, height), i);
      data[i + 3] = 255;
    }
  return { data, width, height };
}

const gradient: Shader = (x, y, width, height) => {
  const across = Math.floor((255 * x) / Math.max(1, width - 1));
  const down = Math.floor((255 * y) / Math.max(1, height - 1));
  return [across, down, 255 - ((across + down) >> 1)];
};

const checker: Shader = (x, y) => (((x >> 4) + (y >> 4)) & 1 ? [240, 200, 40] : [30, 60, 120]);

const stripes: Shader = (x, y) => {
  const phase = (x + 2 * y) % 36;
  return phase < 12 ? [220, 40, 40] : phase < 24 ? [245, 245, 240] : [20, 110, 70];
};

/** Rings that get finer outwards: hard to resample. */
const zonePlate: Shader = (x, y, width, height) => {
  const dx = x - (width >> 1);
  const dy = y - (height >> 1);
  const grey = wave((dx * dx + dy * dy) >> 2);
  return [grey, grey, grey];
};

/** A triangle wave from 0 to 255 and back, 512 long. */
const wave = (phase: number): number => ((phase & 511) < 256 ? phase & 255 : 255 - (phase & 255));

function noise(): Shader {
  const random = generator(20_240_607);
  return () => {
    const bits = random();
    return [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255];
  };
}

/** A sky over rolling ground: smooth and rough at once, as photographs are. */
function hills(): Shader {
  const random = generator(77);
  const lattice = Uint8Array.from({ length: 1024 }, () => random() & 255);
  const at = (x: number, y: number) => lattice[(x + 57 * y) & 1023]!;
  /** Noise between lattice points `size` apart, 0 to 255. */
  const smooth = (x: number, y: number, size: number) => {
    const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
    const [fx, fy] = [x % size, y % size];
    const top = at(column, row) * (size - fx) + at(column + 1, row) * fx;
    const bottom = at(column, row + 1) * (size - fx) + at(column + 1, row + 1) * fx;
    return Math.floor((top * (size - fy) + bottom * fy) / (size * size));
  };
  return (x, y, _, height) => {
    const horizon = (height >> 2) + Math.floor((smooth(x, 0, 64) * height) / 512);
    const detail = (smooth(x, y, 32) + (smooth(x, y, 8) >> 1) + (smooth(x, y, 2) >> 2)) >> 1;
    if (y < horizon) return [110 + (detail >> 2), 150 + (detail >> 2), 220];
    return [50 + (detail >> 1), 70 + (detail >> 1), 30 + (detail >> 2)];
  };
}

/** mulberry32, by Tommy Ettinger (public domain): 32 random bits a call. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
}
