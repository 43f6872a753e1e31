/** What a worker needs of ONNX Runtime to open anything. */

/**
 * ONNX Runtime's own files. The WASM is fetched and compiled by the download worker: inference may not fetch, every
 * worker shares the compiled code, and only what was compiled while it streamed in is kept by the browser's cache.
 */
export interface RuntimeAssets {
  readonly wasm: WebAssembly.Module;
  /** Address of the matching `.mjs` glue, same origin; imported as a script, not fetched. */
  readonly glue: string;
  /** The build with WebGPU, where that is what the model is opened on: a worker opens one backend in its life. */
  readonly webgpu?: WebGpuRuntime;
  /** Address of the script of a worker's helping thread, which reads weights ahead and ends runs. */
  readonly helper: string;
  readonly threads: number;
}

/** ONNX Runtime with its native WebGPU backend: for JSPI where the browser has it, otherwise by Asyncify. */
export interface WebGpuRuntime {
  readonly build: 'jspi' | 'asyncify';
  readonly wasm: WebAssembly.Module;
  /** Address of the matching `.mjs` glue. */
  readonly glue: string;
  /** What computes it, as the browser names it. */
  readonly adapter?: string;
}
