/** A worker that is there, with its runtime started, before anybody asks for one: the first model does not wait for that. */
import type { InferenceContract, RuntimeAssets } from '../rpc/contract';
import { type Lifeline, startWorker } from './lifeline';

type Life = Lifeline<InferenceContract>;

export interface SpareOptions {
  /** Script of the worker. */
  readonly url: string;
  /** Milliseconds after which it ends when nobody took it. */
  readonly idle: number;
}

export class Spare {
  #life: Promise<Life | undefined> | undefined;
  #threads: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: SpareOptions) {
    this.#life = startWorker<InferenceContract>(options.url, () => false).catch(() => undefined);
    this.#timer = setTimeout(() => this.end(), options.idle);
  }

  /** Has it start the runtime. Never rejects: whoever opens a model in it hears what is wrong. */
  async warm(assets: Promise<RuntimeAssets>, threads: number): Promise<void> {
    const asked = this.#life;
    if (!asked) return;
    this.#threads = threads;
    const [life, runtime] = await Promise.all([asked, assets.catch(() => undefined)]);
    if (runtime) await life?.remote.startRuntime({ ...runtime, threads }).catch(() => {});
  }

  /**
   * A worker that runs WASM on so many threads, or the one that is already there: it is whoever asks first's. Rejects as
   * `startWorker` does. `threads` undefined: it is not going to be WASM.
   */
  async worker(busy: () => boolean, threads: Promise<number | undefined>): Promise<Life> {
    const taken = this.#life;
    this.#take();
    const [life, wanted] = await Promise.all([taken, taken && threads.catch(() => undefined)]);
    // Threads are chosen when the runtime starts, once per worker.
    if (life && !life.ended && wanted !== undefined && wanted === (this.#threads ?? wanted)) {
      life.busyWhen(busy);
      return life;
    }
    life?.end();
    return startWorker<InferenceContract>(this.options.url, busy);
  }

  /** Ends it, unless somebody has it. */
  end(): void {
    const left = this.#life;
    this.#take();
    void left?.then((life) => life?.end());
  }

  #take(): void {
    clearTimeout(this.#timer);
    this.#life = undefined;
  }
}
