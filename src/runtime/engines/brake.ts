/**
 * Ending a run of ONNX Runtime from another thread. Its run options hold a flag that it looks at before every operator;
 * its JavaScript makes such options for each run and frees them after. Here every run gets the same ones, whose flag stays
 * where it is: a thread that writes to it too late stops the next run, which is then run again, and never hits memory that
 * has become something else's.
 *
 * The page never gets hold of that memory: whoever was sent a part of it holds all of it, weights and all, until its own
 * garbage is collected, and a page has so little that this may be never. It writes to a word, which the helping thread,
 * gone with this one, passes on.
 */
import { CancelledError } from '../../core/errors';
import { isWithdrawn, underway } from '../../rpc/withdrawal';
import { helperOf } from '../helper';

/** Of this worker's runtime, once it has run something. */
let brake: Uint8Array<SharedArrayBuffer> | undefined;
/** By this the page has the helping thread set it, once that was told of it. */
let word: Int32Array<SharedArrayBuffer> | undefined;

/** Milliseconds of a run from which on ending one is worth a thread. */
const WORTH = 20;
/** Milliseconds after such a run until that thread is started: whoever waits for a first answer needs the cores. */
const LATER = 1_000;

/**
 * From here on a run can be ended. Resolves once the next one can; never rejects, since without it a run ends by itself.
 * `helper`: address of the helping thread's script.
 */
export async function arm(helper: string): Promise<void> {
  if (!brake || word) return;
  const thread = helperOf(helper);
  word = thread.words;
  thread.post({ braking: brake });
  await thread.started.catch(() => {});
}

type Callable = (...given: unknown[]) => unknown;

/**
 * The exports of ONNX Runtime's WASM, with those exchanged that make and free run options. Their names are minified, so
 * they are known by how they are called: making takes four values of which the third is a boolean, and nothing else does.
 */
export function withBrake(exports: WebAssembly.Exports, memory: WebAssembly.Memory): WebAssembly.Exports {
  let handle: number | undefined;
  const make =
    (original: Callable): Callable =>
    (...given) => {
      // A tag would be kept in the options.
      if (given.length !== 4 || given[2] !== false || given[3] !== 0) return original(...given);
      if (handle === undefined) {
        const found = findFlag(original, given, memory);
        // Somewhere else in another version: then a run cannot be ended, as before.
        handle = found?.handle ?? 0;
        brake = found && new Uint8Array(memory.buffer as unknown as SharedArrayBuffer, found.flag, 1);
      }
      if (!brake) return original(...given);
      Atomics.store(brake, 0, 0);
      return handle;
    };
  const free =
    (original: Callable): Callable =>
    (...given) =>
      handle && given.length === 1 && given[0] === handle ? 0 : original(...given);
  return Object.fromEntries(
    Object.entries(exports).map(([name, value]) => {
      if (typeof value !== 'function') return [name, value];
      const call = value as Callable;
      return [name, value.length === 4 ? make(call) : value.length === 1 ? free(call) : value];
    }),
  ) as WebAssembly.Exports;
}

/** Bytes at the beginning of the options that hold numbers and flags: two levels, an empty tag, then the flag. */
const HEAD = 24;

/** Options made with and without the flag differ in one byte. The second ones are never freed: a hundred bytes. */
function findFlag(
  make: Callable,
  [severity, verbosity, , tag]: readonly unknown[],
  memory: WebAssembly.Memory,
): { handle: number; flag: number } | undefined {
  const [clear, set] = [false, true].map((flag) => make(severity, verbosity, flag, tag) as number);
  if (!clear || !set) return undefined;
  const head = (at: number) => new Uint8Array(memory.buffer, at, HEAD);
  const [before, after] = [head(clear), head(set)];
  const differing = [...before.keys()].filter((at) => before[at] !== after[at]);
  const [at] = differing;
  if (at === undefined || differing.length > 1 || before[at] !== 0 || after[at] !== 1) return undefined;
  return { handle: clear, flag: clear + at };
}

/** Runs that others' withdrawals may stop before it counts as a failure of its own. */
const ATTEMPTS = 3;

/**
 * `run`, unless or until its signal is withdrawn: then rejects with CancelledError, between two operators. Until `arm` a run
 * goes on to its end; the first one that is long has it called with `helper`.
 */
export async function stoppable<T>(
  signal: AbortSignal | undefined,
  helper: string,
  run: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    if (isWithdrawn(signal)) throw new CancelledError();
    const over = underway(signal, word);
    const began = performance.now();
    try {
      return await run();
    } catch (thrown) {
      if (isWithdrawn(signal)) throw new CancelledError();
      const stopped = brake !== undefined && Atomics.load(brake, 0) === 1;
      if (!stopped || attempt >= ATTEMPTS) throw thrown;
    } finally {
      over();
      if (performance.now() - began > WORTH) armSoon(helper);
    }
  }
}

let due = false;

function armSoon(helper: string): void {
  if (due || word) return;
  due = true;
  setTimeout(() => void arm(helper), LATER);
}
