/** The product's engines over networks that the test made in Node and serves as files. */
import * as Comlink from 'comlink';
import { EMBEDDED } from '../../src/core/architectures/guard/table';
import { toWinnowError } from '../../src/core/errors';
import type { Backend, Precision } from '../../src/core/policy/types';
import { parseLayout } from '../../src/core/prepare/layout';
import type { RuntimeAssets } from '../../src/rpc/contract';
import { type Engine, type EngineNetwork, openEngine } from '../../src/runtime/engine';
import { brokenPromises } from '../../src/runtime/engines/contract/testing';
import { gpu } from '../../src/runtime/engines/gpu';

/** A value, or the error it ended in. */
export type Answer<T> = { readonly value: T } | { readonly code: string; readonly message: string };

const fetched = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const compiled = (name: string) =>
  WebAssembly.compileStreaming(fetch(`/ort/ort-wasm-simd-threaded${name}.wasm`));
const glueOf = (name: string) => new URL(`/ort/ort-wasm-simd-threaded${name}.mjs`, location.origin).href;

async function answered<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (thrown) {
    const { code, message } = toWinnowError(thrown);
    return { code, message };
  }
}

const plain = (outputs: Readonly<Record<string, { readonly data: ArrayLike<number> }>>) =>
  JSON.stringify(Object.entries(outputs).map(([key, { data }]) => [key, ...Array.from(data)]));

/** Every WASM memory that is made here. */
const memories: WebAssembly.Memory[] = [];
WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
  construct(target, given: ConstructorParameters<typeof WebAssembly.Memory>) {
    const memory = new target(...given);
    memories.push(memory);
    return memory;
  },
});
const heap = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

let runtime: RuntimeAssets;
let backend: Backend;
const open = new Map<string, Engine>();

/** `name.graph`, and where it has weights `name.json` and `name.weights`, as an installation keeps them. */
async function networkOf(what: string, precision: Precision): Promise<EngineNetwork> {
  const name = `${what}.${precision}`;
  const described = (await (await fetch(`/networks/${name}.json`)).json()) as unknown;
  const graph = await fetched(`/networks/${name}.graph`);
  if (described === null) return { graph, precision };
  const layout = parseLayout(described);
  const kept = await fetched(`/networks/${name}.weights`);
  const read = (start: number, end: number) => kept.subarray(start, end);
  const [table] = layout.tables;
  const sequence = table && { input: EMBEDDED, width: table.shape[1]! };
  return { graph, weights: { layout, read }, precision, ...(sequence && { sequence }) };
}

const service = {
  async start(which: Backend, build: 'jspi' | 'asyncify'): Promise<void> {
    backend = which;
    runtime = {
      ...{ wasm: await compiled(''), glue: glueOf(''), helper: '', threads: 1 },
      ...(which === 'webgpu' && {
        webgpu: { build, wasm: await compiled(`.${build}`), glue: glueOf(`.${build}`) },
      }),
    };
  },

  open(name: string, precision: Precision, nowhereElse = backend === 'webgpu'): Promise<Answer<void>> {
    return answered(async () => {
      const network = { ...(await networkOf(name, precision)), nowhereElse };
      open.set(`${name} ${precision}`, await openEngine(network, runtime, backend));
    });
  },

  /** As plain numbers, which cross to the test. */
  run: (
    name: string,
    precision: Precision,
    input: string,
    data: readonly number[],
    dims: readonly number[],
  ) =>
    answered(async () => {
      const feed = { data: Float32Array.from(data), dims };
      const outputs = await open.get(`${name} ${precision}`)!.run({ [input]: feed });
      return Object.fromEntries(Object.entries(outputs).map(([key, found]) => [key, [...found.data]]));
    }),

  async dispose(name: string, precision: Precision): Promise<void> {
    await open.get(`${name} ${precision}`)!.dispose();
    open.delete(`${name} ${precision}`);
  },

  brokenPromises: () => brokenPromises((network) => openEngine(network, runtime, backend)),

  /** Takes the device away while something runs, as a reset of the driver does. */
  async lose(name: string, precision: Precision, input: string, dims: readonly number[]) {
    const { device } = await gpu();
    const feed = { data: new Float32Array(dims.reduce((a, b) => a * b)), dims };
    const running = answered(() => open.get(`${name} ${precision}`)!.run({ [input]: feed }));
    device.destroy();
    await device.lost;
    const later = answered(() => open.get(`${name} ${precision}`)!.run({ [input]: feed }));
    return [await running, await later].map((answer) => ('code' in answer ? answer.code : 'answered'));
  },

  /** Many items through one model: how many were answered otherwise than at first, and what WASM's memory grew to. */
  async repeat(name: string, precision: Precision, input: string, dims: readonly number[], times: number) {
    const engine = open.get(`${name} ${precision}`)!;
    const size = dims.reduce((a, b) => a * b);
    const first: string[] = [];
    let [different, early] = [0, 0];
    for (let i = 0; i < times; i++) {
      const which = i % 5;
      const feed = { data: Float32Array.from({ length: size }, (_, at) => Math.sin(at * (which + 1))), dims };
      const answer = plain(await engine.run({ [input]: feed }));
      first[which] ??= answer;
      if (answer !== first[which]) different += 1;
      if (i === Math.min(times, 50) - 1) early = heap();
    }
    return { different, kinds: new Set(first).size, early, late: heap() };
  },

  /** One model after the other, as somebody does who compares them. What each answered, as text. */
  async switching(names: readonly string[], input: string, dims: readonly number[], times: number) {
    const size = dims.reduce((a, b) => a * b);
    const feed = { data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)), dims };
    const answers: string[] = [];
    for (let i = 0; i < times; i++) {
      const engine = await openEngine(await networkOf(names[i % names.length]!, 'exact'), runtime, backend);
      const outputs = await engine.run({ [input]: feed });
      await engine.dispose();
      answers.push(plain(outputs));
    }
    return answers;
  },
};

export type Service = typeof service;

Comlink.expose(service);
