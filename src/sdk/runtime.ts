/** ONNX Runtime for every model's worker, and files of the build, by way of the download worker. */
import * as Comlink from 'comlink';
import type { Assets } from './assets';
import type { Fetcher } from './gather';
import type { Download, HostOptions } from './host';

/** Gets a file of the build, verified. */
export function downloader(downloads: Fetcher): Download {
  return (url, expected, onProgress, signal) =>
    downloads.run(
      (remote, inner) => remote.fetch({ url, ...expected }, onProgress && Comlink.proxy(onProgress), inner),
      signal,
    );
}

/** Downloaded and compiled once, for every model's worker. */
export function runtimeOf(urls: Assets, downloads: Fetcher, threads: number): HostOptions['runtime'] {
  let wasm: Promise<WebAssembly.Module> | undefined;
  return async () => {
    wasm ??= downloads.run((remote) => remote.compile(urls.wasm));
    wasm.catch(() => {
      wasm = undefined;
    });
    return { wasm: await wasm, glue: urls.glue, reader: urls.reader, threads };
  };
}

/** ONNX Runtime's own default: half the cores, four at most; one where memory cannot be shared. */
export function defaultThreads(): number {
  return globalThis.crossOriginIsolated
    ? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2))
    : 1;
}
