/** ONNX Runtime for every model's worker, and files of the build, by way of the download worker. */
import * as Comlink from 'comlink';
import type { Backend } from '../core/policy/types';
import type { RuntimeAssets, WebGpuRuntime } from '../rpc/contract';
import type { Assets } from './assets';
import type { Fetcher } from './gather';
import type { Download } from './host';

/** Gets a file of the build, verified. */
export function downloader(downloads: Fetcher): Download {
  return (url, expected, onProgress, signal) =>
    downloads.run(
      (remote, inner) => remote.fetch({ url, ...expected }, onProgress && Comlink.proxy(onProgress), inner),
      signal,
    );
}

/** ONNX Runtime's builds, each downloaded and compiled once, for every model's worker. */
export class Runtimes {
  readonly #compiled = new Map<string, Promise<WebAssembly.Module>>();
  /** Parts of the build that this page came to need, as `offline.json` names them. */
  readonly parts = new Set<WebGpuRuntime['build']>();

  constructor(
    private readonly urls: Assets,
    private readonly downloads: Fetcher,
    private readonly threads: number,
  ) {}

  /** What a worker needs that opens a model on that backend. Rejects with FailedError 'asset-missing' or 'asset-corrupt'. */
  async for(backend: Backend = 'wasm'): Promise<RuntimeAssets> {
    const { glue, helper } = this.urls;
    const [wasm, webgpu] = await Promise.all([
      this.#compile(this.urls.wasm),
      backend === 'webgpu' ? this.#webgpu() : undefined,
    ]);
    return { wasm, glue, helper, threads: this.threads, ...(webgpu && { webgpu }) };
  }

  async #webgpu(): Promise<WebGpuRuntime> {
    // Chromium's; elsewhere the same is compiled into a larger build.
    const build = 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
    const { wasm, glue } = this.urls.webgpu[build];
    const compiled = await this.#compile(wasm);
    if (!this.parts.has(build)) {
      this.parts.add(build);
      this.downloads.run((remote) => remote.keepPart(this.urls.offline, build)).catch(() => {});
    }
    return { build, glue, wasm: compiled };
  }

  #compile(url: string): Promise<WebAssembly.Module> {
    const known = this.#compiled.get(url);
    if (known) return known;
    const compiling = this.downloads.run((remote) => remote.compile(url));
    this.#compiled.set(url, compiling);
    compiling.catch(() => this.#compiled.delete(url));
    return compiling;
  }
}

/** ONNX Runtime's own default: half the cores, four at most; one where memory cannot be shared. */
export function defaultThreads(): number {
  return globalThis.crossOriginIsolated
    ? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2))
    : 1;
}

/** Bytes for the weights of one model's workers: a quarter of the memory that the browser admits to, or 1 GB. */
export function memoryForWeights(): number {
  // In GiB, rounded and at most 8; other browsers do not say.
  const { deviceMemory = 4 } = navigator as Navigator & { readonly deviceMemory?: number };
  return (deviceMemory / 4) * 2 ** 30;
}
