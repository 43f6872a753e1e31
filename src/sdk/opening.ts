/** How a model's worker is opened: on what was chosen for this machine, and on WASM where that turned out wrong. */
import * as Comlink from 'comlink';
import type { ModelCard, ModelFile } from '../catalog/card';
import { FailedError, toWinnowError, UnsupportedError, type WinnowError } from '../core/errors';
import type { Backend } from '../core/policy/types';
import type { Installed, OnProgress, OpenedModel, RuntimeAssets } from '../rpc/contract';
import { step } from '../rpc/step';
import type { Remote } from './ask';
import type { Choice, ChoiceModel } from './choice';
import { isBackendsFault, isWrong } from './device';
import type { GpuLosses } from './gpu-losses';

export type Download = (
  url: string,
  expected?: { bytes: number; sha256: string },
  onProgress?: OnProgress,
  signal?: AbortSignal,
) => Promise<ArrayBuffer>;

/** What is known of the machine: asked whenever a worker starts, and told what came of it. */
export interface HostDevice {
  /** `without`: why WebGPU is not to be used. */
  choose(model: ChoiceModel, without?: string): Promise<Choice>;
  /** Names the graphics adapter. */
  readonly adapterName: string;
  passed(model: ChoiceModel, opened: OpenedModel): Promise<void>;
  demote(model: ChoiceModel, backend: Backend, error: WinnowError): Promise<void>;
  /** The graphics device is gone: the next one may be another adapter's. */
  lost(): void;
  /** A worker died or hung while it was opened on WebGPU. */
  stopped(model: ChoiceModel): Promise<void>;
}

export interface OpeningOptions {
  /** Folder of the bundled models, ending in a slash. */
  readonly models: string;
  readonly download: Download;
  readonly device: HostDevice;
  readonly gpuLosses: GpuLosses;
  /** The same compiled runtime for every worker that opens a model on that backend; WASM when absent. */
  readonly runtime: (backend?: Backend) => Promise<RuntimeAssets>;
}

/** A bundled model with its files, or an installed one, which its worker finds itself. */
export interface HostedModel {
  readonly card: ModelCard;
  readonly files: readonly ModelFile[] | 'stored';
  /** Of an installed one. */
  readonly installed?: Pick<Installed, 'at' | 'precision'>;
}

export const choiceModel = ({ card, installed }: HostedModel): ChoiceModel => ({
  id: card.id,
  of: installed?.at ?? 'build',
  precision: installed?.precision ?? 'exact',
});

export interface Gathered {
  readonly choice: Choice;
  readonly runtime: RuntimeAssets;
  readonly files: readonly ArrayBuffer[];
}

const STOPPED = 'WebGPU stopped while it was opened, so this page does without. Measure again to try it.';
const RESET_TWICE =
  'The graphics processor was reset twice within a minute, so this page leaves it alone. Measure again to try it.';

/** Checks between items that may fail one after the other, each on a worker of its own, before a model is given up. */
const MOST_WRONG = 2;

const unreliable = ({ name }: ModelCard): FailedError =>
  new FailedError(
    'self-test-failed',
    `${name} answered wrongly in its checks between items, on one worker after the other, so it is not used. Check it again, or use another browser.`,
  );

export class Opening {
  opened: OpenedModel | undefined;
  progress: OnProgress | undefined;
  /** What the last worker was opened by. */
  choice: Choice | undefined;
  /** The next worker may be opened on something else than the last one. */
  undecided = false;
  /** The next worker checks it, however lately that was done. */
  thorough = false;
  /** Why workers found that it cannot be opened on WebGPU. */
  #noGpu: string | undefined;
  /** On WebGPU: a worker is opening it, and losses of the graphics processor before. */
  #onGpu: { opening: boolean; readonly epoch: number } | undefined;
  /** Checks between items that failed on WASM, one after the other. */
  #wrong = 0;

  constructor(
    private readonly model: HostedModel,
    private readonly options: OpeningOptions,
  ) {}

  /** It is open in the worker that installed it. */
  adopt(opened: OpenedModel): void {
    this.opened = opened;
    void this.#tell(opened);
  }

  /** What the next worker opens it on is chosen again. */
  anew(): void {
    this.undecided = true;
    this.#noGpu = undefined;
    this.#wrong = 0;
  }

  /** Why WebGPU is not to be used in this page. */
  get without(): string | undefined {
    return this.#noGpu ?? (this.options.gpuLosses.tooMany ? RESET_TWICE : undefined);
  }

  lost({ code, message }: WinnowError): void {
    const { device, gpuLosses } = this.options;
    const onGpu = this.#onGpu;
    this.#onGpu = undefined;
    if (code === 'gpu-unavailable') this.#noGpu = message;
    if (code === 'gpu-lost') {
      gpuLosses.note(onGpu?.epoch ?? gpuLosses.epoch);
      device.lost();
    }
    if (!onGpu?.opening || (code !== 'worker-died' && code !== 'timeout')) return;
    // What hangs would hang again, a deadline long.
    this.#noGpu = STOPPED;
    void device.stopped(choiceModel(this.model));
  }

  /**
   * W08: a worker answered wrongly between items. WebGPU is not believed any more. Under WASM there is nothing: another
   * worker is checked when it opens it, and one that goes wrong all the same is the last.
   */
  async wrong(error: WinnowError): Promise<void> {
    const { device } = this.options;
    if (this.opened?.backend !== 'webgpu') this.#wrong += 1;
    else await device.demote(choiceModel(this.model), 'webgpu', error);
  }

  /** A check between items went well. */
  right(): void {
    this.#wrong = 0;
  }

  /** Somebody asks for it again. */
  retry(): void {
    if (this.#wrong >= MOST_WRONG) this.#wrong = 0;
  }

  /** By what is known now; whether a worker that is one of several would run on other threads than one by itself. */
  async rechoose(): Promise<boolean> {
    const choice = await this.#choose();
    if (this.opened?.backend !== choice.backend) return false;
    this.choice = choice;
    return choice.pool.threads !== this.opened.threads;
  }

  /** The runtime's WASM, and a bundled model's files, verified. `beside`: it is not the model's only worker. */
  async gather(beside: boolean): Promise<Gathered> {
    const { download, models, runtime, device } = this.options;
    const { files, card } = this.model;
    if (this.#wrong >= MOST_WRONG) throw unreliable(card);
    const bytes =
      files === 'stored' ? [] : files.map((file) => download(models + file.path, file, this.progress));
    const choice = await this.#choose();
    const [{ webgpu, ...assets }, ...buffers] = await Promise.all([runtime(choice.backend), ...bytes]);
    const { threads } = beside ? choice.pool : choice;
    const gpu = webgpu && { webgpu: { ...webgpu, adapter: device.adapterName } };
    return { choice, runtime: { ...assets, threads, ...gpu }, files: buffers };
  }

  /** Of WASM in the model's only worker; undefined where it is to run something else. */
  async threads(): Promise<number | undefined> {
    const { backend, threads } = await this.#choose();
    return backend === 'wasm' ? threads : undefined;
  }

  #choose(): Promise<Choice> {
    return this.options.device.choose(choiceModel(this.model), this.without);
  }

  /** Has an installed model read while the runtime is on its way. */
  begin(remote: Remote): void {
    const { card, files } = this.model;
    this.#onGpu = undefined;
    // What is wrong is heard when it is opened.
    if (files === 'stored') remote.readAhead(card.id).catch(() => {});
  }

  /**
   * Opens it. What is WebGPU's fault rejects with 'gpu-unavailable': another worker opens it on WASM. It is noted where it
   * computed wrongly; memory that ran out, or a runtime that did not start, may be there tomorrow.
   */
  async prepare(remote: Remote, { choice, runtime, files: bytes }: Gathered): Promise<OpenedModel> {
    const { card, files } = this.model;
    const { backend, why } = choice;
    const named = files === 'stored' ? [] : files.map((file, at) => ({ path: file.path, bytes: bytes[at]! }));
    const stored = files === 'stored' ? { stored: { id: card.id } } : {};
    const { thorough } = this;
    const request = Comlink.transfer({ card, files: named, ...stored, backend, runtime, thorough }, [
      ...bytes,
    ]);
    this.choice = choice;
    this.undecided = false;
    step('opening asked for');
    const onGpu = { opening: true, epoch: this.options.gpuLosses.epoch };
    this.#onGpu = backend === 'webgpu' ? onGpu : undefined;
    try {
      const opened = await remote.open(request, this.progress && Comlink.proxy(this.progress));
      this.opened = { ...opened, why };
      this.thorough = false;
      onGpu.opening = false;
      void this.#tell(opened);
      return this.opened;
    } catch (thrown) {
      const error = toWinnowError(thrown);
      onGpu.opening = false;
      if (backend !== 'webgpu' || !isBackendsFault(error)) throw error;
      if (isWrong(error)) await this.options.device.demote(choiceModel(this.model), backend, error);
      const why = `WebGPU could not open it, so this page does without. ${error.message}`;
      throw new UnsupportedError('gpu-unavailable', why, error.data, { cause: error });
    }
  }

  async #tell(opened: OpenedModel): Promise<void> {
    await this.options.device.passed(choiceModel(this.model), opened);
  }
}
