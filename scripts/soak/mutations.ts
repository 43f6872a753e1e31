/** Damage to a file, drawn by chance: what disks, networks and people with bad intent do to one. */
import type { Random } from '../../e2e/hostile/random';
import { joined, little } from '../../src/core/checkpoint/testing';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;

/** A place in the file, more often near its beginning or end, where headers and footers lie. */
function place(random: Random, size: number): number {
  const near = Math.min(size, 64);
  return Math.max(0, pick(random, [random.below(size), random.below(near), size - 1 - random.below(near)]));
}

function range(random: Random, size: number): [number, number] {
  const start = place(random, size);
  return [start, Math.min(size, start + 1 + random.below(pick(random, [4, 64, size])))];
}

const flip: Mutation = (bytes, random) => {
  const out = bytes.slice();
  for (let left = 1 + random.below(4); left > 0; left--)
    out[place(random, out.length)]! ^= 1 << random.below(8);
  return out;
};

const overwrite: Mutation = (bytes, random) => {
  const out = bytes.slice();
  for (let left = 1 + random.below(8); left > 0; left--)
    out[place(random, out.length)] = pick(random, [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x7b, random.below(256)]);
  return out;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, place(random, bytes.length));

const remove: Mutation = (bytes, random) => {
  const [start, end] = range(random, bytes.length);
  return joined(bytes.subarray(0, start), bytes.subarray(end));
};

/** Bytes of its own once more, or by chance. */
const insert: Mutation = (bytes, random) => {
  const at = place(random, bytes.length);
  const [start, end] = range(random, bytes.length);
  const noise = Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256));
  return joined(bytes.subarray(0, at), pick(random, [bytes.subarray(start, end), noise]), bytes.subarray(at));
};

const splice: Mutation = (bytes, random) => {
  const out = bytes.slice();
  const [start, end] = range(random, bytes.length);
  out.copyWithin(place(random, out.length), start, end);
  return out;
};

/** A number of 1 to 8 bytes where a length may stand. */
const length: Mutation = (bytes, random) => {
  const out = bytes.slice();
  const size = BigInt(bytes.length);
  const values = [
    0n,
    1n,
    size - 8n,
    size - 1n,
    size,
    size + 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 53n,
    2n ** 63n,
    -1n,
  ];
  const width = pick(random, [1, 2, 4, 8]);
  const at = Math.min(pick(random, [0, 4, 6, 8, place(random, out.length)]), Math.max(0, out.length - width));
  out.set(little(BigInt.asUintN(64, pick(random, values)), width).subarray(0, out.length - at), at);
  return out;
};

/** As many bytes of a varint as stand there, or more: of a huge number, or a negative one. */
const varint: Mutation = (bytes, random) => {
  const at = place(random, bytes.length);
  const long = [...Array(pick(random, [1, 2, 4, 7, 9])).fill(0xff), pick(random, [0, 1, 0x7f])];
  return joined(bytes.subarray(0, at), long, bytes.subarray(at + pick(random, [1, long.length])));
};

/** Another number where digits stand, as in JSON. */
const number: Mutation = (bytes, random) => {
  const text = latin1(bytes);
  const digits = [...text.matchAll(/\d+/g)];
  if (digits.length === 0) return flip(bytes, random);
  const { 0: old, index } = pick(random, digits);
  const near = String(Number(old) + pick(random, [-1, 1, 4, 1000]));
  const others = [
    '-1',
    '-0',
    '1.5',
    '0.0',
    '1e3',
    '9007199254740993',
    '9'.repeat(40),
    '4294967296',
    '',
    'null',
    '"1"',
    '[]',
  ];
  return fromLatin1(
    text.slice(0, index) + pick(random, [near, pick(random, others)]) + text.slice(index + old.length),
  );
};

/** One quoted piece of text in another’s place: names twice, settings under each other’s names. */
const swap: Mutation = (bytes, random) => {
  const text = latin1(bytes);
  const strings = [...text.matchAll(/"[^"]{0,40}"/g)];
  if (strings.length < 2) return splice(bytes, random);
  const { 0: old, index } = pick(random, strings);
  const odd = [
    '"__proto__"',
    '"__metadata__"',
    '"constructor"',
    '"\\ud800"',
    '""',
    '"\\u0061"',
    '{}',
    'null',
  ];
  const other = pick(random, [pick(random, strings)[0], pick(random, odd)]);
  return fromLatin1(text.slice(0, index) + other + text.slice(index + old.length));
};

const MUTATIONS = { flip, overwrite, truncate, remove, insert, splice, length, varint, number, swap };

/** One to three mutations in a row, and their names. */
export function mutate(bytes: Uint8Array, random: Random): { bytes: Uint8Array; what: string } {
  const names: string[] = [];
  let out: Uint8Array = bytes;
  for (let left = pick(random, [1, 1, 1, 2, 3]); left > 0 && out.length > 0; left--) {
    const [name, apply] = pick(random, Object.entries(MUTATIONS));
    out = apply(out, random);
    names.push(name);
  }
  return { bytes: out, what: names.join(', ') };
}

// A letter per byte, and back: TextDecoder’s latin1 is another code page.
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const fromLatin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
