/** A running SHA-256 in a thread of its own: 2.8 s of work a gigabyte, which the network would wait for. */
import { type Hasher, ownHasher } from './hasher';

type Asked = { load: Uint8Array | undefined } | { update: Uint8Array<ArrayBuffer> } | { digest: true };
type Answer = { memory: ArrayBuffer; state: Uint8Array } | { hex: string } | { loaded: boolean };

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
  if ('update' in asked) {
    const updated = await hasher.update(asked.update);
    return say(updated, [updated.memory]);
  }
  const loaded = await hasher.load(asked.load).then(
    () => true,
    () => false,
  );
  say({ loaded });
}
