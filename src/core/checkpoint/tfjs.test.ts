import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Broken } from '../../../scripts/soak/attempt';
import { refuses } from '../../../scripts/soak/refuses';
import { WinnowError } from '../errors';
import { readRange } from './source';
import { source, utf8 } from './testing';
import { readTfjs } from './tfjs';
import { weightShape, weightValues } from './weight';

const TOPOLOGY = {
  class_name: 'Model',
  config: {
    layers: [
      {
        name: 'in',
        class_name: 'InputLayer',
        config: { batch_input_shape: [null, 1, 1, 1] },
        inbound_nodes: [],
      },
      { name: 'out', class_name: 'Flatten', config: {}, inbound_nodes: [[['in', 0, 0, {}]]] },
    ],
    output_layers: [['out', 0, 0]],
  },
};

type Json = Record<string, unknown>;
const spec = (name: string, shape: unknown, rest: Json = {}): Json => ({
  name,
  shape,
  dtype: 'float32',
  ...rest,
});
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A model.json with one weight group over `count` shards, called s0, s1, … */
function modelJson(weights: unknown, count: number, model: Json = {}): Uint8Array {
  const paths = Array.from({ length: count }, (_, i) => `s${i}`);
  return encode({ modelTopology: TOPOLOGY, weightsManifest: [{ paths, weights }], ...model });
}

const read = (weights: unknown, shards: readonly Uint8Array[], model: Json = {}) =>
  readTfjs(modelJson(weights, shards.length, model), new Map(shards.map((shard, i) => [`s${i}`, shard])));

/** The reader takes files whole: all of model.json is header, and of the shards nothing is read twice. */
function broken(title: string, json: Uint8Array, shards: readonly Uint8Array[] = [], message = /./): Broken {
  const [file, parts] = [source('model.json', json), shards.map((shard, i) => source(`s${i}`, shard))];
  const run = async () => {
    const whole = await Promise.all(
      parts.map(async (part) => [part.name, await readRange(part, 0, part.size)] as const),
    );
    return readTfjs(await readRange(file, 0, file.size), new Map(whole));
  };
  const header = [file, ...parts].reduce((sum, { size }) => sum + size, 0);
  return { title, files: [file, ...parts], run, message, code: 'invalid-model', header };
}

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const invalid = expect.objectContaining({ kind: 'invalid', code: 'invalid-model' });
const unsupported = expect.objectContaining({ kind: 'unsupported', code: 'unsupported-model' });

describe('readTfjs: tensors', () => {
  it('reads float32 tensors one after the other', () => {
    const { weights } = read([spec('a', [2]), spec('b', []), spec('c', [1, 0, 3])], [floats(1, 2, 3)]);
    expect([...weights].map(([name, w]) => [name, weightShape(w), [...weightValues(w)]])).toEqual([
      ['a', [2], [1, 2]],
      ['b', [], [3]],
      ['c', [1, 0, 3], []],
    ]);
  });

  it('keeps the codes of quantised tensors, and decodes them as TF.js does', () => {
    const quantization = { dtype: 'uint8', scale: 0.1, min: -0.3 };
    const { weights } = read([spec('q', [3], { quantization })], [Uint8Array.of(0, 3, 255)]);
    const weight = weights.get('q')!;
    if (weight.kind !== 'affine') throw new Error('The codes are gone.');
    expect(weight).toMatchObject({ scale: 0.1, min: -0.3, codes: { dtype: 'U8', shape: [3] } });
    expect([...weight.codes.bytes]).toEqual([0, 3, 255]);
    expect([...weightValues(weight)]).toEqual([0, 3, 255].map((code) => Math.fround(code * 0.1 - 0.3)));
  });

  it('decodes uint16 and float16', () => {
    const quantization = { dtype: 'uint16', scale: 2, min: 1 };
    const half = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x8000, 0x7c00, 0x7e00);
    const { weights } = read(
      [spec('w', [2], { quantization }), spec('h', [9], { quantization: { dtype: 'float16' } })],
      [new Uint8Array(Uint16Array.of(3, 65_535).buffer), new Uint8Array(half.buffer)],
    );
    expect([...weightValues(weights.get('w')!)]).toEqual([7, 131_071]);
    expect([...weightValues(weights.get('h')!)]).toEqual([
      1,
      -2,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      65_504,
      -0,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('joins tensors that cross shards, wherever the cuts are', () => {
    const all = floats(1, 2, 3, 4, 5);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 6 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), all.length];
        const shards = ends.map((end, i) => all.slice(ends[i - 1] ?? 0, end));
        const { weights } = read([spec('a', [2]), spec('b', [3])], shards);
        expect([...weights.values()].flatMap((w) => [...weightValues(w)])).toEqual([1, 2, 3, 4, 5]);
      }),
    );
  });

  it('reads names that are traps for objects', () => {
    const { weights } = read([spec('__proto__', [1]), spec('constructor', [1])], [floats(1, 2)]);
    expect([...weights.keys()]).toEqual(['__proto__', 'constructor']);
    expect(Object.hasOwn(Object.prototype, 'shape')).toBe(false);
  });
});

describe('readTfjs: hostile manifests', () => {
  const four = [floats(1)];
  const cases: [string, unknown, readonly Uint8Array[]][] = [
    ['M04: bytes past the end', [spec('a', [2])], four],
    ['M04: bytes left over', [spec('a', [1])], [floats(1, 2)]],
    ['M04: truncated shard', [spec('a', [1])], [new Uint8Array(3)]],
    ['M04: negative dimension', [spec('a', [-1])], four],
    ['M04: two negative dimensions', [spec('a', [-1, -1])], four],
    ['M04: fractional dimension', [spec('a', [0.5, 2])], four],
    ['M04: dimension that is not a number', [spec('a', ['1'])], four],
    ['M05: product beyond 2^53', [spec('a', [4_194_305, 4_194_305, 211_106_198_978_564])], four],
    ['M05: a petabyte', [spec('a', [2 ** 50])], four],
    ['M05: sum beyond 2^53', [spec('a', [2 ** 50]), spec('b', [2 ** 50])], four],
    ['M06: unknown data type', [spec('a', [1], { dtype: 'float128' })], four],
    ['M06: strings', [spec('a', [1], { dtype: 'string' })], four],
    ['M06: inherited data type', [spec('a', [1], { dtype: 'constructor' })], four],
    ['M06: unknown code type', [spec('a', [4], { quantization: { dtype: 'int8', scale: 1, min: 0 } })], four],
    ['M06: scale missing', [spec('a', [4], { quantization: { dtype: 'uint8', min: 0 } })], four],
    [
      'M06: scale not finite',
      [spec('a', [4], { quantization: { dtype: 'uint8', scale: null, min: 0 } })],
      four,
    ],
    ['quantisation is a list', [spec('a', [4], { quantization: [] })], four],
    ['name missing', [{ shape: [1], dtype: 'float32' }], four],
    ['name is long', [spec('a'.repeat(600), [1])], four],
    ['name twice', [spec('a', []), spec('a', [])], [floats(1, 2)]],
    ['rank 9', [spec('a', [1, 1, 1, 1, 1, 1, 1, 1, 1])], four],
    ['weights are an object', { a: 1 }, four],
    ['a tensor is null', [null], four],
    ['too many tensors', Array.from({ length: 10_001 }, (_, i) => spec(`t${i}`, [0])), [new Uint8Array()]],
  ];

  refuses(cases.map(([title, weights, shards]) => broken(title, modelJson(weights, shards.length), shards)));

  refuses([
    broken('M02: model.json over 16 MiB', new Uint8Array(16 * 2 ** 20 + 1).fill(0x20), [], /limit/),
    ...['', '{', 'null', '[]', '3', '{"modelTopology":'].map((text) =>
      broken(`M03: ${JSON.stringify(text)} for model.json`, utf8(text)),
    ),
    broken('M03: a million brackets', utf8('['.repeat(1e6))),
    broken('M03: what is not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)),
  ]);

  it('names the shard that is missing', () => {
    const json = { modelTopology: TOPOLOGY, weightsManifest: [{ paths: ['s9'], weights: [] }] };
    expect(() => readTfjs(encode(json), new Map())).toThrow(/s9/);
  });

  it('M08: answers every mutation with a model or a typed error', () => {
    const good = encode({
      modelTopology: TOPOLOGY,
      weightsManifest: [{ paths: ['s0'], weights: [spec('a', [1])] }],
    });
    const shards = new Map([['s0', floats(1)]]);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, end) => {
        const bytes = good.slice(0, Math.max(end, at + 1));
        bytes[at] = byte;
        try {
          readTfjs(bytes, shards);
        } catch (error) {
          expect(error).toBeInstanceOf(WinnowError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('readTfjs: topology', () => {
  const topology = (change: (t: typeof TOPOLOGY) => unknown) => () =>
    read([], [], { modelTopology: change(structuredClone(TOPOLOGY)) });

  it('refuses graph models, sequential models, several outputs and shared layers', () => {
    expect(() => read([], [], { format: 'graph-model' })).toThrow(unsupported);
    expect(topology((t) => ({ ...t, class_name: 'Sequential' }))).toThrow(/Sequential/);
    expect(
      topology((t) => {
        t.config.output_layers.push(['in', 0, 0]);
        return t;
      }),
    ).toThrow(unsupported);
    expect(
      topology((t) => {
        t.config.layers[1]!.inbound_nodes.push([['in', 0, 0, {}]] as never);
        return t;
      }),
    ).toThrow(unsupported);
  });

  it('refuses layers that read what does not exist before them, such as themselves', () => {
    for (const name of ['out', 'ghost', '__proto__', 7])
      expect(
        topology((t) => {
          t.config.layers[1]!.inbound_nodes = [[[name, 0, 0, {}]]] as never;
          return t;
        }),
      ).toThrow(invalid);
  });

  it('refuses two layers of one name and a topology that is none', () => {
    expect(
      topology((t) => {
        t.config.layers.push(t.config.layers[1]!);
        return t;
      }),
    ).toThrow(/twice/);
    for (const none of [null, 'text', [], {}, { class_name: 'Model' }])
      expect(topology(() => none)).toThrow(invalid);
  });
});
