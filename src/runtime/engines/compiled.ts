/**
 * ONNX Runtime's glue takes its WASM as bytes or fetches it; ours was compiled elsewhere. It gets bytes that stand
 * for the module, and the one call that would compile them answers with an instance of it instead.
 */

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
    return { instance, module } satisfies Instantiated;
  };
  WebAssembly.instantiate = answer as typeof WebAssembly.instantiate;
}
