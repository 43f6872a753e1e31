/** Addresses of the files that the build emits beside the SDK. Importing them starts nothing. */
import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import downloadUrl from '../../workers/download.ts?worker&url';
import inferenceUrl from '../../workers/inference.ts?worker&url';
import readerUrl from '../../workers/reader.ts?worker&url';

export interface Assets {
  readonly inference: string;
  readonly download: string;
  readonly reader: string;
  readonly glue: string;
  readonly wasm: string;
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
    download: within(downloadUrl),
    reader: within(readerUrl),
    glue: within(glueUrl),
    wasm: within(wasmUrl),
    offline: new URL('offline.json', build).href,
    models: new URL('models/', build).href,
  };
}
