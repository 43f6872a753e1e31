/**
 * The first layers of a stored network, asked before all of it is open. That the whole answers as it should is known from an
 * earlier check on this machine, and its bytes are compared every time; whether this browser still computes those layers as it
 * did then takes a tenth of a run or less to find out.
 */
import type { RuntimeAssets } from '../rpc/contract';
import { type EngineNetwork, type Feed, openEngine } from './engine';
import type { Beginning } from './store/manifest';

/** Numbers that are kept of what it gives. */
const SAMPLE = 512;
/** The same code on the same numbers gives the same bits; another compiler may add in another order. Of the largest. */
const APART = 1e-5;

/** What the beginning of `network` gives here; undefined where it cannot be asked: then all of it is. */
export async function askBeginning(
  network: EngineNetwork,
  { graph, input, dims }: Beginning,
  runtime: RuntimeAssets,
): Promise<readonly number[] | undefined> {
  try {
    const engine = await openEngine({ ...network, graph }, runtime, 'wasm');
    try {
      const given = await engine.run({ [input]: noise(dims) });
      return sampled(Object.values(given)[0]!.data);
    } finally {
      await engine.dispose();
    }
  } catch {
    return undefined;
  }
}

/** Whether both are the same numbers. */
export function beginsAlike(
  found: readonly number[] | undefined,
  known: readonly number[] | undefined,
): boolean {
  if (!found || !known || found.length !== known.length) return false;
  const largest = Math.max(...known.map(Math.abs));
  // Zeros alone say nothing. Written so that NaN is unlike anything.
  return largest > 0 && found.every((value, at) => Math.abs(value - known[at]!) <= APART * largest);
}

/** Numbers between -1 and 1 of a linear congruential generator (Numerical Recipes'): half a million take a millisecond. */
function noise(dims: readonly number[]): Feed {
  const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
  for (let at = 0, state = 1; at < data.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    data[at] = state / 2 ** 31;
  }
  return { data, dims };
}

function sampled(values: Feed['data']): readonly number[] {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  return Array.from({ length: Math.min(SAMPLE, values.length) }, (_, at) => values[at * step]!);
}
