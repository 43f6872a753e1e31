/** How long the small network takes here, in a worker that does nothing else. */
import { SAMPLE_DIMS, sampleGraph } from '../core/onnx/sample';
import { writeModel } from '../core/onnx/write';
import type { RuntimeAssets } from '../rpc/contract';
import { type Engine, openEngine } from './engine';

const PRECISIONS = ['float32', 'int8'] as const;
type Times = Record<(typeof PRECISIONS)[number], number>;

let opened: Promise<readonly Engine[]> | undefined;

/** As `InferenceContract.measure` says. */
export async function measureRuntime(runtime: RuntimeAssets, milliseconds: number): Promise<Times> {
  opened ??= Promise.all(
    PRECISIONS.map((precision) => openEngine({ graph: writeModel(sampleGraph(precision)) }, runtime, 'wasm')),
  );
  const engines = await opened;
  const data = Float32Array.from({ length: SAMPLE_DIMS.reduce((all, size) => all * size, 1) }, (_, i) =>
    Math.sin(i),
  );
  const times: Times = { float32: 0, int8: 0 };
  for (const [at, precision] of PRECISIONS.entries()) {
    const run = () => engines[at]!.run({ x: { data, dims: SAMPLE_DIMS } });
    // The first run makes the plan of its memory.
    if (milliseconds === 0) await run();
    else times[precision] = await timed(run, milliseconds);
  }
  return times;
}

/** Mean of as many runs as begin within the time, one at least: what all workers together can do is in the mean, not in the best. */
async function timed(run: () => Promise<unknown>, milliseconds: number): Promise<number> {
  const began = performance.now();
  let runs = 0;
  do {
    await run();
    runs += 1;
  } while (performance.now() - began < milliseconds);
  return (performance.now() - began) / runs;
}
