/** Addresses of the files that the build emits beside the SDK. Importing them starts nothing. */

import asyncifyGlueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiGlueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import downloadUrl from '../../workers/download.ts?worker&url';
import helperUrl from '../../workers/helper.ts?worker&url';
import inferenceUrl from '../../workers/inference.ts?worker&url';
import journalUrl from '../../workers/journal.ts?worker&url';
import pixelsUrl from '../../workers/pixels.ts?worker&url';
import readingUrl from '../../workers/reading.ts?worker&url';
import type { WebGpuRuntime } from '../rpc/contract';

export interface Assets {
  readonly inference: string;
  readonly helper: string;
  readonly download: string;
  readonly journal: string;
  readonly pixels: string;
  readonly reading: string;
  readonly glue: string;
  readonly wasm: string;
  /** ONNX Runtime with WebGPU, in both ways of suspending WASM: fetched by whoever opens a model on it first. */
  readonly webgpu: Readonly<Record<WebGpuRuntime['build'], { readonly wasm: string; readonly glue: string }>>;
  /** The list of the build's files. */
  readonly offline: string;
  /** Folder of the bundled models, ending in a slash. */
  readonly models: string;
}

/** Absolute addresses; `base` is where the build lies, by default the folder above this file's. */
export function assets(base?: string | URL): Assets {
  // Both `sdk/` and `assets/` lie one below the build's folder.
  const here: string = import.meta.url;
  const build = base === undefined ? new URL('../', here) : new URL(base, location.href);
  const within = (url: string) => {
    const file = new URL(url, here).pathname.split('/').pop() ?? '';
    return base === undefined ? new URL(url, here).href : new URL(`assets/${file}`, build).href;
  };
  return {
    inference: within(inferenceUrl),
    helper: within(helperUrl),
    download: within(downloadUrl),
    journal: within(journalUrl),
    pixels: within(pixelsUrl),
    reading: within(readingUrl),
    glue: within(glueUrl),
    wasm: within(wasmUrl),
    webgpu: {
      jspi: { wasm: within(jspiWasmUrl), glue: within(jspiGlueUrl) },
      asyncify: { wasm: within(asyncifyWasmUrl), glue: within(asyncifyGlueUrl) },
    },
    offline: new URL('offline.json', build).href,
    models: new URL('models/', build).href,
  };
}

/** Every build's, in one text: another one, and what was found out with them does not hold any more. */
export const gluesOf = ({ glue, webgpu }: Assets): string =>
  [glue, webgpu.jspi.glue, webgpu.asyncify.glue].join(' ');
