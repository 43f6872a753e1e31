import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CancelledError, type WinnowError } from '../errors';
import { GraphBuilder } from '../onnx/graph';
import { narrowF16, widenBf16, widenF16 } from '../quantize/half';
import { bytesOf, type DType } from '../tensor';
import { layoutOf, parseLayout } from './layout';
import { materialise, mount, type ReadSync, readTable } from './mount';
import { type Making, type PlannedTensor, WeightPlan } from './plan';
import { prepare } from './prepare';

/** Node 20 has no way to free a buffer; browsers do. */
const prototype = ArrayBuffer.prototype as { transfer?: (length: number) => ArrayBuffer };
prototype.transfer ??= function (this: ArrayBuffer) {
  structuredClone(this, { transfer: [this] });
  return new ArrayBuffer(0);
};

interface Sketch {
  readonly tensors: readonly (PlannedTensor & { readonly bytes: Uint8Array })[];
  readonly table?: boolean;
}

const numbers = (count: number, start = 1) => Float32Array.from({ length: count }, (_, i) => start + i / 8);
const f32 = (name: string, count: number) => ({
  name,
  dtype: 'F32' as DType,
  shape: [count],
  bytes: bytesOf(numbers(count)),
});
const asF16 = (name: string, count: number) => ({
  ...{ name, dtype: 'F32' as DType, shape: [count], kept: 'F16' as const },
  bytes: narrowF16(numbers(count)),
});

function planned(sketches: readonly Sketch[]): { plan: WeightPlan; made: string[] } {
  const plan = new WeightPlan();
  const g = new GraphBuilder('test');
  const made: string[] = [];
  for (const { tensors, table } of sketches) {
    const making: Making = {
      tensors: tensors.map(({ bytes: _, ...tensor }) => tensor),
      reads: tensors.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
      make: async () => {
        made.push(...tensors.map(({ name }) => name));
        return tensors.map(({ bytes }) => bytes);
      },
    };
    if (table) plan.addTable(making);
    else plan.add(g, making);
  }
  return { plan, made };
}

/** Prepares into memory, and says how long each chunk was. */
async function kept(plan: WeightPlan, chunkBytes = 100): Promise<{ bytes: Uint8Array; chunks: number[] }> {
  const chunks: number[] = [];
  const all: number[] = [];
  const write = async (bytes: Uint8Array) => {
    chunks.push(bytes.byteLength);
    all.push(...bytes);
    await Promise.resolve();
  };
  await prepare(plan, { write }, { chunkBytes });
  return { bytes: Uint8Array.from(all), chunks };
}

const reader = (bytes: Uint8Array): ReadSync & { ranges: string[] } => {
  const ranges: string[] = [];
  const read = (start: number, end: number) => {
    ranges.push(`${start}-${end}`);
    return bytes.slice(start, end);
  };
  return Object.assign(read, { ranges });
};

const codeOf = (error: unknown) => (error as WinnowError).code;
const thrown = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return codeOf(error);
  }
  return 'nothing';
};

describe('prepare', () => {
  it('makes everything once, in order, and puts it where it was planned', async () => {
    const { plan, made } = planned([
      { tensors: [f32('a', 5), asF16('b', 7)] },
      { tensors: [f32('rows', 6)], table: true },
      { tensors: [f32('c', 40)] },
    ]);
    const { bytes, chunks } = await kept(plan);
    expect(made).toEqual(['a', 'b', 'rows', 'c']);
    expect(bytes.byteLength).toBe(plan.keptBytes);
    expect(chunks.slice(0, -1).every((length) => length === 100)).toBe(true);
    for (const { name, place } of plan.placed) {
      const original = { a: f32('', 5), b: asF16('', 7), rows: f32('', 6), c: f32('', 40) }[name]!;
      expect(bytes.slice(place.offset, place.offset + place.length), name).toEqual(
        new Uint8Array(original.bytes),
      );
    }
  });

  it('says how much was read, and stops between two weights when it is withdrawn', async () => {
    const { plan, made } = planned([{ tensors: [f32('a', 5)] }, { tensors: [f32('b', 10)] }]);
    const controller = new AbortController();
    const seen: number[][] = [];
    const running = prepare(
      plan,
      { write: async () => {} },
      {
        signal: controller.signal,
        onProgress: (...progress) => {
          seen.push(progress);
          if (progress[0] > 0) controller.abort();
        },
      },
    );
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(seen).toEqual([
      [0, 60],
      [20, 60],
    ]);
    expect(made).toEqual(['a']);
  });

  it('refuses a making that gives something else than planned', async () => {
    const short = { ...f32('a', 5), bytes: new Uint8Array(19) };
    const wrong = planned([{ tensors: [short] }]).plan;
    await expect(kept(wrong)).rejects.toMatchObject({ code: 'invalid-model' });
    const { plan } = planned([{ tensors: [f32('a', 5), f32('b', 5)] }]);
    const [making] = plan.makings;
    plan.makings[0] = { ...making!, make: async () => [new Uint8Array(20)] };
    await expect(kept(plan)).rejects.toMatchObject({ code: 'invalid-model' });
  });

  it('writes no more than it may hold at once, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 500 }),
        async (counts, chunkBytes) => {
          const { plan } = planned(counts.map((count, at) => ({ tensors: [asF16(`t${at}`, count)] })));
          const { bytes, chunks } = await kept(plan, chunkBytes);
          expect(bytes.byteLength).toBe(plan.keptBytes);
          for (const length of chunks) expect(length).toBeLessThanOrEqual(chunkBytes);
          const file = mount(layoutOf(plan), reader(bytes));
          for (const [at, { seen }] of plan.placed.entries())
            expect(file.subarray(seen!.offset, seen!.offset + seen!.length)).toEqual(
              bytesOf(widenF16(narrowF16(numbers(counts[at]!)))),
            );
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });
});

describe('mount', () => {
  const bf16 = Uint8Array.of(0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40); // 1, −2, 3.140625
  const sketches: Sketch[] = [
    { tensors: [f32('a', 5), { ...asF16('b', 7) }] },
    { tensors: [{ name: 'c', dtype: 'F32', shape: [3], kept: 'BF16', bytes: bf16 }] },
    { tensors: [{ name: 'codes', dtype: 'I8', shape: [2, 3], bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) }] },
    {
      tensors: [{ name: 'rows', dtype: 'F32', shape: [2, 2], kept: 'F16', bytes: narrowF16(numbers(4)) }],
      table: true,
    },
  ];

  async function mounted() {
    const { plan } = planned(sketches);
    const { bytes } = await kept(plan);
    const layout = parseLayout(JSON.parse(JSON.stringify(layoutOf(plan))));
    return { plan, layout, bytes };
  }

  it('is a Uint8Array of the whole size that holds nothing, and reads each tensor once', async () => {
    const { plan, layout, bytes } = await mounted();
    const read = reader(bytes);
    const file = mount(layout, read);
    expect(file).toBeInstanceOf(Uint8Array);
    expect(file.byteLength).toBe(plan.seenBytes);
    expect(file.buffer.byteLength).toBe(0);
    const get = (name: string) => {
      const { seen } = plan.placed.find((placed) => placed.name === name)!;
      return file.subarray(seen!.offset, seen!.offset + seen!.length);
    };
    expect(get('a')).toEqual(bytesOf(numbers(5)));
    expect(get('b')).toEqual(bytesOf(numbers(7)));
    expect(get('c')).toEqual(bytesOf(widenBf16(bf16)));
    expect([...get('codes')]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(read.ranges).toHaveLength(4);
    expect(new Set(read.ranges).size).toBe(4);
  });

  it('gives back the memory of what it read before, and leaves a buffer alone that it was lent', async () => {
    const { layout, bytes } = await mounted();
    const [a, b] = layout.weights;
    const range = ({ seen }: { seen: { offset: number; length: number } }) =>
      [seen.offset, seen.offset + seen.length] as const;
    const copies = mount(layout, (start, end) => bytes.slice(start, end));
    const first = copies.subarray(...range(a!));
    expect(first.byteLength).toBe(20);
    copies.subarray(...range(b!));
    expect(first.byteLength).toBe(0);
    const lent = mount(layout, (start, end) => bytes.subarray(start, end));
    const view = lent.subarray(...range(a!));
    lent.subarray(...range(b!));
    expect(view).toEqual(bytesOf(numbers(5)));
  });

  it('gives the same bytes for any range as the file in memory', async () => {
    const { layout, bytes } = await mounted();
    const whole = materialise(layout, reader(bytes));
    const file = mount(layout, reader(bytes));
    expect(file.subarray()).toEqual(whole);
    fc.assert(
      fc.property(fc.nat(layout.seenBytes), fc.nat(layout.seenBytes), (one, other) => {
        const [begin, end] = [Math.min(one, other), Math.max(one, other)];
        expect(file.subarray(begin, end)).toEqual(whole.slice(begin, end));
      }),
      { seed: 5 },
    );
  });

  it('M09: nothing outside is ever read', async () => {
    const { layout, bytes } = await mounted();
    const file = mount(layout, reader(bytes));
    for (const [begin, end] of [
      [0, layout.seenBytes + 1],
      [-1, 4],
      [8, 4],
      [Number.NaN, 4],
    ])
      expect(thrown(() => file.subarray(begin, end))).toBe('invalid-model');
    expect(thrown(() => mount(layout, reader(bytes.slice(0, 10))).subarray(0, 20))).toBe('invalid-model');
  });

  it('reads rows of a table, widened, and no others', async () => {
    const { layout, bytes } = await mounted();
    const read = reader(bytes);
    const [table] = layout.tables;
    expect(readTable(table!, read, 1, 1)).toEqual(bytesOf(numbers(4).subarray(2).slice()));
    expect(read.ranges).toHaveLength(1);
    expect(readTable(table!, read)).toEqual(bytesOf(numbers(4)));
    for (const [row, rows] of [
      [2, 1],
      [-1, 1],
      [0, 3],
      [Number.NaN, 1],
    ])
      expect(thrown(() => readTable(table!, read, row!, rows!))).toBe('invalid-input');
  });
});
