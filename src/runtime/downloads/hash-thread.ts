/**
 * Hashing in a thread of its own: what runs over a file takes 2.8 s a gigabyte, and WebCrypto, whose own threads do the work,
 * copies first what it is given, 10 ms of each chunk. The network would wait for either.
 */
import { type Hasher, ownHasher } from './hasher';

type Asked =
  | { load: Uint8Array | undefined }
  | { update: Uint8Array<ArrayBuffer> }
  | { digest: true }
  | { only: Uint8Array<ArrayBuffer> };
type Answer =
  | { memory: ArrayBuffer; state: Uint8Array }
  | { memory: ArrayBuffer; hex: string }
  | { hex: string }
  | { loaded: boolean };

/** Milliseconds that the thread may take to start. */
const START = 2_000;

/** A worker from this script; on this thread where none starts. Never rejects for want of one. */
export async function startHasher(script: string): Promise<Hasher> {
  let worker: Worker | undefined;
  try {
    worker = new Worker(script, { type: 'module' });
    await started(worker);
    return remote(worker);
  } catch {
    // The host may not serve it, or the browser have no workers of workers.
    worker?.terminate();
    return ownHasher();
  }
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(reject, START);
    const settle = (then: () => void) => () => {
      clearTimeout(late);
      then();
    };
    worker.addEventListener('message', settle(resolve), { once: true });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      settle(reject)();
    });
  });
}

/** One question after the other: answers come in their order. */
function remote(worker: Worker): Hasher {
  const waiting: { resolve: (answer: Answer) => void; reject: () => void }[] = [];
  const fail = () => {
    for (const one of waiting.splice(0)) one.reject();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => waiting.shift()?.resolve(data));
  worker.addEventListener('error', fail);
  const ask = (what: Asked, moved: ArrayBuffer[] = []) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ resolve, reject: () => reject(new Error('The hashing thread has ended.')) });
      worker.postMessage(what, moved);
    });
  return {
    async load(state) {
      const answer = (await ask({ load: state })) as { loaded: boolean };
      if (!answer.loaded) throw new Error('The state is of another version.');
    },
    update: async (bytes) =>
      (await ask({ update: bytes }, [bytes.buffer])) as { memory: ArrayBuffer; state: Uint8Array },
    digest: async () => ((await ask({ digest: true })) as { hex: string }).hex,
    only: async (bytes) =>
      (await ask({ only: bytes }, [bytes.buffer])) as { memory: ArrayBuffer; hex: string },
    end() {
      worker.terminate();
      fail();
    },
  };
}

/** The thread's side. */
export async function serveHasher(): Promise<void> {
  const hasher = await ownHasher(async () => {});
  let last: Promise<void> = Promise.resolve();
  addEventListener('message', ({ data }: MessageEvent<Asked>) => {
    last = last.then(() => answer(hasher, data));
  });
  postMessage('ready');
}

async function answer(hasher: Hasher, asked: Asked): Promise<void> {
  const scope = self as unknown as DedicatedWorkerGlobalScope;
  const say = (what: Answer, moved: ArrayBuffer[] = []) => scope.postMessage(what, moved);
  if ('digest' in asked) return say({ hex: await hasher.digest() });
  if ('update' in asked || 'only' in asked) {
    const hashed = await ('update' in asked ? hasher.update(asked.update) : hasher.only(asked.only));
    return say(hashed, [hashed.memory]);
  }
  const loaded = await hasher.load(asked.load).then(
    () => true,
    () => false,
  );
  say({ loaded });
}
