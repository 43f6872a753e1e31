/** The machine that this page runs on: measured once when nothing else goes on, and what is opened where because of it. */
import { CancelledError, FailedError, toWinnowError, type WinnowError } from '../core/errors';
import type { Measured } from '../rpc/device';
import { Device, type DeviceParts } from './device';
import { Listeners } from './listeners';
import { findShares, inWorkers, type WorkerMeasureParts } from './measure';
import type { WithdrawnScores } from './on-machine';
import type { Activity, Winnow } from './types';

/** Without a run for so long, nobody is waiting for one. */
const QUIET = 10_000;
/** Items are held back for so long at most while it is measured. */
const HELD = 3_000;
/** How often measuring begins again because something was scored meanwhile. */
const TRIES = 3;

export interface MachineParts extends DeviceParts, WorkerMeasureParts {
  /** Opens every model anew at its next use. */
  readonly anew: (model?: string) => void;
}

export class Machine {
  readonly device: Device;
  readonly #withdrawn = new Listeners<Parameters<Parameters<Winnow['onWithdrawn']>[0]>>();
  readonly #busy = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #measuring: AbortController | undefined;
  /** Something was scored in this page. */
  #used = false;
  #closed = false;

  constructor(private readonly parts: MachineParts) {
    this.device = new Device(parts);
  }

  /** What of it is public. */
  api(): Pick<Winnow, 'measure' | 'prefer' | 'onWithdrawn'> {
    return {
      measure: ({ signal } = {}) => this.#again(signal),
      prefer: async (model, backend) => {
        await this.device.note({ kind: 'prefer', model, ...(backend && { backend }) });
        this.parts.anew(model);
      },
      onWithdrawn: (listener) => this.#withdrawn.add(listener),
    };
  }

  /** What a model's host asks and tells. */
  get hooks() {
    const withdrawn = (of: readonly WithdrawnScores[], error: WinnowError) =>
      this.#withdrawn.tell(
        of.map(({ scores }) => scores),
        error.serialize(),
        of,
      );
    return { device: this.device, withdrawn, measure: () => this.#beforeGrowing() };
  }

  /** What models do: measuring gives way, and waits until all of them are quiet. */
  heard({ model, state }: Activity): void {
    const before = this.#busy.has(model);
    if (state === 'busy' || state === 'opening' || state === 'restarting') this.#busy.add(model);
    else this.#busy.delete(model);
    if (state === 'busy') this.#used = true;
    if (this.#busy.size > 0) {
      clearTimeout(this.#timer);
      this.#measuring?.abort();
    } else if (before) this.#later();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#measuring?.abort();
    this.#withdrawn.clear();
  }

  /** A model is about to get more workers, and holds its items back for so long. */
  async #beforeGrowing(): Promise<void> {
    await this.device.ready();
    if (this.#closed || this.#measuring || this.parts.threads !== undefined) return;
    if (this.device.measured || this.device.cores === 1) return;
    // Another model that scores meanwhile ends it: it would be measured wrongly. So would a machine that is so busy.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), HELD);
    const over = new Promise<void>((resolve) => late.signal.addEventListener('abort', () => resolve()));
    await Promise.race([this.#measure(false, late.signal).catch(() => {}), over]);
    clearTimeout(timer);
  }

  /** In the background, once per device, after the first answer. */
  #later(): void {
    clearTimeout(this.#timer);
    if (this.#closed || !this.#used || this.#measuring || this.parts.threads !== undefined) return;
    this.#timer = setTimeout(async () => {
      await this.device.ready();
      if (this.device.measured || this.device.cores === 1) return;
      await this.#measure(false).catch(() => {});
    }, QUIET);
  }

  async #measure(again: boolean, signal?: AbortSignal): Promise<Measured> {
    if (this.#closed) throw new CancelledError('Winnow was closed.', 'closed');
    this.#measuring?.abort();
    const controller = new AbortController();
    this.#measuring = controller;
    const withdraw = () => controller.abort();
    signal?.addEventListener('abort', withdraw, { once: true });
    try {
      const options = { cores: this.device.cores, signal: controller.signal };
      const found = await findShares(inWorkers(this.parts), options);
      const measured = { ...found, at: Date.now() };
      await this.device.note({ kind: 'measured', measured, again });
      return measured;
    } finally {
      signal?.removeEventListener('abort', withdraw);
      if (this.#measuring === controller) this.#measuring = undefined;
    }
  }

  /** Somebody asked for it. */
  async #again(signal?: AbortSignal): Promise<Measured> {
    clearTimeout(this.#timer);
    for (let tries = 1; ; tries++) {
      await this.#quiet(signal);
      try {
        const measured = await this.#measure(true, signal);
        this.parts.anew();
        return measured;
      } catch (thrown) {
        const error = toWinnowError(thrown);
        if (error.kind !== 'cancelled' || signal?.aborted || this.#closed) throw error;
        if (tries === TRIES)
          throw new FailedError(
            'timeout',
            'Something was scored each time, which would change what is measured. Measure again when nothing runs.',
          );
      }
    }
  }

  /** Resolves when nothing is scored. */
  async #quiet(signal?: AbortSignal): Promise<void> {
    while (this.#busy.size > 0) {
      if (signal?.aborted || this.#closed) throw new CancelledError();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
