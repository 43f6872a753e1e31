/** A running SHA-256, which WebCrypto has not: it hashes only what lies in memory altogether, three times as fast. */
import { createSHA256 } from 'hash-wasm';
import { sha256 } from '../store/hash';

export interface Hasher {
  /** Goes on from a state of `update`, or from nothing. Rejects for one that another version has written. */
  load(state?: Uint8Array): Promise<void>;
  /**
   * Hashes on. The bytes may be moved to another thread: `memory` is theirs, to be used again. `state` is what goes on
   * from here.
   */
  update(bytes: Uint8Array<ArrayBuffer>): Promise<{ memory: ArrayBuffer; state: Uint8Array }>;
  /** Hex, lower case; only `load` may follow. */
  digest(): Promise<string>;
  /** Of these bytes alone, hex, lower case, whatever is running. They may be moved as for `update`. */
  only(bytes: Uint8Array<ArrayBuffer>): Promise<{ memory: ArrayBuffer; hex: string }>;
  end(): void;
}

/** Hashed at once; what else this thread has to do waits a millisecond or two. */
const STEP_BYTES = 2 ** 19;

/** On this thread, step by step. */
export async function ownHasher(pause: () => Promise<void> = breath): Promise<Hasher> {
  const hasher = (await createSHA256()).init();
  return {
    async load(state) {
      if (state) hasher.load(state);
      else hasher.init();
    },
    async update(bytes) {
      for (let at = 0; at < bytes.byteLength; at += STEP_BYTES) {
        hasher.update(bytes.subarray(at, at + STEP_BYTES));
        await pause();
      }
      return { memory: bytes.buffer, state: hasher.save() };
    },
    digest: async () => hasher.digest('hex'),
    only: async (bytes) => ({ memory: bytes.buffer, hex: await sha256(bytes) }),
    end() {},
  };
}

/** Lets answers of the database and of the network come in. A timer would wait four milliseconds. */
function breath(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
