/** What every engine promises, asked of one: for tests, in the worker that has its runtime. */
import { FailedError, toWinnowError } from '../../../core/errors';
import { GraphBuilder } from '../../../core/onnx/graph';
import { add, cast, gather, mul, scalar, wholes } from '../../../core/onnx/ops';
import { writeModel } from '../../../core/onnx/write';
import type { Layout } from '../../../core/prepare/layout';
import { WEIGHTS } from '../../../core/prepare/plan';
import { bytesOf } from '../../../core/tensor';
import type { Engine, EngineNetwork, Feed } from '../../engine';

type Open = (network: EngineNetwork) => Promise<Engine>;

/** More than the runtime keeps inline. */
const LENGTH = 256;

/** y = x · factor + w, with w outside the graph. */
function line(factor: number, read: (start: number, end: number) => Uint8Array): EngineNetwork {
  const g = new GraphBuilder('line');
  const x = g.input('x', 'F32', ['batch', LENGTH]);
  const bytes = 4 * LENGTH;
  const external = { location: WEIGHTS, offset: 0, length: bytes };
  const w = g.initializer('w', { dtype: 'F32', shape: [1, LENGTH], external });
  g.output(add(g, mul(g, x, scalar(g, 'factor', factor)), w), 'y', 'F32', ['batch', LENGTH]);
  const range = { offset: 0, length: bytes };
  const layout: Layout = {
    ...{ version: 1, seenBytes: bytes, keptBytes: bytes, tables: [] },
    weights: [{ seen: range, place: range }],
  };
  return { graph: writeModel(g.build()), weights: { layout, read } };
}

const ramp = (start: number): Float32Array => Float32Array.from({ length: LENGTH }, (_, i) => start + i / 4);
const weights = bytesOf(ramp(-7));
const whole = (factor: number) => line(factor, (start, end) => weights.slice(start, end));
const feed = (data: Float32Array): Feed => ({ data, dims: [1, data.length] });

function right(outputs: Readonly<Record<string, Feed>>, factor: number, x: Float32Array): void {
  const w = ramp(-7);
  const { data = [], dims = [] } = outputs.y ?? {};
  check(data.length === LENGTH && dims.join() === `1,${LENGTH}`, `y is of ${dims.join()}`);
  const off = x.findIndex((value, i) => Math.abs(data[i]! - (value * factor + w[i]!)) > 1e-4);
  check(off < 0, `y[${off}] is ${data[off]} and not ${x[off]! * factor + w[off]!}`);
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** That `work` is refused, by one of these codes. */
async function refused(work: () => Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  const code = await work().then(
    () => 'nothing',
    (thrown: unknown) => toWinnowError(thrown).code,
  );
  check(codes.includes(code), `${code} came instead of ${codes.join(' or ')}`);
}

const CHECKS: Readonly<Record<string, (open: Open) => Promise<void>>> = {
  async 'opens, runs, and weights come from where they lie'(open) {
    const engine = await open(whole(2));
    right(await engine.run({ x: feed(ramp(3)) }), 2, ramp(3));
    check(engine.inputs?.join() === 'x', `its inputs are ${engine.inputs?.join()}`);
    await engine.dispose();
  },

  async 'outputs are copies'(open) {
    const engine = await open(whole(1));
    const first = await engine.run({ x: feed(ramp(1)) });
    const second = await engine.run({ x: feed(ramp(50)) });
    right(first, 1, ramp(1));
    right(second, 1, ramp(50));
    check(first.y!.data.buffer !== second.y!.data.buffer, 'both are the same memory');
    await engine.dispose();
  },

  async 'runs asked for together are done in turn, of two networks too'(open) {
    const engines = [await open(whole(3)), await open(whole(-1))];
    const factors = [3, -1];
    const jobs = Array.from({ length: 8 }, async (_, i) => {
      const x = ramp(10 * i);
      right(await engines[i % 2]!.run({ x: feed(x) }), factors[i % 2]!, x);
    });
    await Promise.all(jobs);
    await engines[0]!.dispose();
    right(await engines[1]!.run({ x: feed(ramp(5)) }), -1, ramp(5));
    await engines[1]!.dispose();
  },

  async 'W01 wrong inputs are a typed error, and it goes on'(open) {
    const engine = await open(whole(2));
    await refused(() => engine.run({}), 'inference-failed');
    await refused(() => engine.run({ z: feed(ramp(1)) }), 'inference-failed');
    const short = { data: new Float32Array(3), dims: [1, 3] };
    await refused(() => engine.run({ x: short }), 'inference-failed');
    await refused(() => engine.run({ x: { data: ramp(1), dims: [2, 900] } }), 'inference-failed');
    await refused(
      () => engine.run({ x: { data: new Int32Array(LENGTH), dims: [1, LENGTH] } }),
      'inference-failed',
    );
    right(await engine.run({ x: feed(ramp(3)) }), 2, ramp(3));
    await engine.dispose();
  },

  async 'W17 what is withdrawn rejects, whether its turn has come or not, and it goes on'(open) {
    const engine = await open(whole(2));
    await refused(() => engine.run({ x: feed(ramp(1)) }, AbortSignal.abort()), 'cancelled');
    const [waiting, begun] = [new AbortController(), new AbortController()];
    const before = engine.run({ x: feed(ramp(1)) });
    const withdrawn = engine.run({ x: feed(ramp(2)) }, waiting.signal);
    waiting.abort();
    await refused(() => withdrawn, 'cancelled');
    right(await before, 2, ramp(1));
    const running = engine.run({ x: feed(ramp(3)) }, begun.signal);
    // Where it takes a step at a time, it is under way by now.
    for (let step = 0; step < 20; step++) await Promise.resolve();
    begun.abort();
    await running.then(
      // Over already: then it is right.
      (outputs) => right(outputs, 2, ramp(3)),
      (thrown: unknown) => refused(() => Promise.reject(thrown), 'cancelled'),
    );
    right(await engine.run({ x: feed(ramp(4)) }), 2, ramp(4));
    await engine.dispose();
  },

  async 'integers are made as wide as the network wants them'(open) {
    const g = new GraphBuilder('whole');
    const table = g.initializer('table', {
      dtype: 'F32',
      shape: [4, 1],
      bytes: bytesOf(Float32Array.of(5, 6, 7, 8)),
    });
    const [wide, narrow] = [g.input('wide', 'I64', [2]), g.input('narrow', 'I32', [2])];
    const sum = add(g, gather(g, table, wide), gather(g, table, narrow));
    g.output(add(g, sum, cast(g, wholes(g, 'one', [1]), 'F32')), 'y', 'F32', [2, 1]);
    const engine = await open({ graph: writeModel(g.build()) });
    const ids = { data: Int32Array.of(3, 1), dims: [2] };
    const { y } = await engine.run({ wide: ids, narrow: ids });
    check([...(y?.data ?? [])].join() === '17,13', `y is ${[...(y?.data ?? [])].join()}`);
    await engine.dispose();
  },

  async 'W14 what is no network is a typed error'(open) {
    await refused(() => open({ graph: new Uint8Array(100) }), 'worker-failed');
    const { graph } = whole(1);
    await refused(() => open({ graph: graph.slice(0, graph.length >> 1) }), 'worker-failed');
  },

  async 'weights that cannot be read end in the reason, and the next opening works'(open) {
    const lost = () => {
      throw new FailedError('asset-corrupt', 'A chunk has changed.');
    };
    await refused(() => open(line(1, lost)), 'asset-corrupt');
    const engine = await open(whole(4));
    right(await engine.run({ x: feed(ramp(2)) }), 4, ramp(2));
    await engine.dispose();
  },

  async 'ends: runs asked for before it are done, later ones are refused'(open) {
    const engine = await open(whole(2));
    const before = engine.run({ x: feed(ramp(1)) });
    const ended = engine.dispose();
    right(await before, 2, ramp(1));
    await ended;
    await refused(() => engine.run({ x: feed(ramp(1)) }), 'inference-failed');
  },
};

/** Each promise that is not kept, and how. */
export async function brokenPromises(open: Open): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const [promise, ask] of Object.entries(CHECKS))
    await ask(open).catch((thrown: unknown) =>
      broken.push(`${promise}: ${thrown instanceof Error ? thrown.message : String(thrown)}`),
    );
  return broken;
}

export const PROMISES = Object.keys(CHECKS).length;
