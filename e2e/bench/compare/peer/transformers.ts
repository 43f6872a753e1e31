/** A pipeline of @huggingface/transformers on the WASM backend, from a folder that the page's server has. */
import { env, pipeline, RawImage } from '@huggingface/transformers';
import type { Contest, Item, Times } from '../contender';
import type { TransformersPeer } from '../subjects';

/** What both kinds of pipeline have in common, as far as it is used here. */
interface Pipeline {
  (input: unknown, options: { top_k: number }): Promise<readonly { label: string; score: number }[]>;
  model: ((inputs: unknown) => Promise<unknown>) & { readonly config: unknown; dispose(): Promise<unknown> };
}

export function contest({ repo, dtype, task, labels }: TransformersPeer, threads: number): Contest {
  const wasm = env.backends.onnx.wasm!;
  const file = '/ort/ort-wasm-simd-threaded.asyncify';
  wasm.wasmPaths = { wasm: `${location.origin}${file}.wasm`, mjs: `${location.origin}${file}.mjs` };
  wasm.numThreads = threads;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/standins/';
  let classify: Pipeline;
  let dispose: () => Promise<unknown>;
  let run = 0;
  const options = { top_k: labels.length };
  return {
    async open() {
      classify = (await pipeline(task, repo, { dtype, device: 'wasm' })) as unknown as Pipeline;
      const { model } = classify;
      dispose = () => model.dispose();
      const timed = async (inputs: unknown) => {
        const began = performance.now();
        const outputs = await model(inputs);
        run = performance.now() - began;
        return outputs;
      };
      classify.model = Object.assign(timed, { config: model.config, dispose });
    },
    async close() {
      await dispose();
    },
    async once(item): Promise<Times> {
      const began = performance.now();
      const input = await decoded(item);
      const ready = performance.now();
      const found = await classify(input, options);
      const ended = performance.now();
      const probabilities = labels.map((name) => found.find(({ label }) => label === name)!.score);
      return { whole: ended - began, decoded: ended - ready, run, probabilities };
    },
    async batch(items) {
      return classify(await Promise.all(items.map(decoded)), options);
    },
  };
}

const decoded = (item: Item) => (typeof item === 'string' ? item : RawImage.fromBlob(item));
