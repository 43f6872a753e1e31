/**
 * ONNX Runtime's glue takes its WASM as bytes or fetches it; ours was compiled elsewhere. It gets bytes that stand
 * for the module, and the one call that would compile them answers with an instance of it instead.
 */

import { withBrake } from './brake';

/** Stand-ins by the buffer that the glue is given. */
const modules = new WeakMap<ArrayBufferLike, WebAssembly.Module>();
let listening = false;

/** Bytes to give to the glue in the module's place. */
export function standInFor(module: WebAssembly.Module): ArrayBuffer {
  if (!listening) listen();
  listening = true;
  const standIn = new ArrayBuffer(8);
  modules.set(standIn, module);
  return standIn;
}

type Instantiated = WebAssembly.WebAssemblyInstantiatedSource;

function listen(): void {
  const instantiate = WebAssembly.instantiate as (...given: unknown[]) => Promise<unknown>;
  const answer = async (source: unknown, imports?: WebAssembly.Imports): Promise<unknown> => {
    const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
    const module = buffer instanceof ArrayBuffer ? modules.get(buffer) : undefined;
    if (!module) return instantiate(source, imports);
    const instance = (await instantiate(module, imports)) as WebAssembly.Instance;
    const memory = sharedMemory(imports);
    if (!memory) return { instance, module } satisfies Instantiated;
    return { instance: { exports: withBrake(instance.exports, memory) }, module } satisfies Instantiated;
  };
  WebAssembly.instantiate = answer as typeof WebAssembly.instantiate;
}

/** The memory that the glue made and other threads can see; absent where they cannot. */
function sharedMemory(imports: WebAssembly.Imports | undefined): WebAssembly.Memory | undefined {
  if (!globalThis.crossOriginIsolated) return undefined;
  return Object.values(imports ?? {})
    .flatMap((module) => Object.values(module))
    .find((value) => value instanceof WebAssembly.Memory);
}
