/** What this page knows of its machine: notes kept in the browser, its graphics adapter, and the choice made of both. */
import type { ErrorCode, WinnowError } from '../core/errors';
import type { Backend } from '../core/policy/types';
import type { OpenedModel } from '../rpc/contract';
import { type Adapter, type BackendNote, type DeviceNote, type DeviceNotes, noteKey } from '../rpc/device';
import { findAdapter } from './adapter';
import { adapterKey, type Choice, type ChoiceModel, choose } from './choice';
import { KeptNotes } from './device-notes';
import type { Fetcher } from './gather';
import type { RunsOn } from './types';

export interface DeviceParts {
  readonly downloads: Pick<Fetcher, 'run'>;
  /** Addresses of the runtime's glues, which have hashes in them: other code, another device. */
  readonly glue: string;
  /** Already asked for, as `readNotes` does. */
  readonly notes?: Promise<DeviceNotes>;
  /** Chosen by whoever made this instance. */
  readonly threads: number | undefined;
  /** Called when another choice may come of it. */
  readonly changed: () => void;
}

const keyOf = (glue: string): string => `${navigator.userAgent} ${glue}`;

/** What is noted of this device, from storage. Rejects where nothing is kept. */
export function readNotes(
  downloads: DeviceParts['downloads'],
  glue: DeviceParts['glue'],
): Promise<DeviceNotes> {
  return downloads.run((remote) => remote.device(keyOf(glue)));
}

type Installation = Pick<ChoiceModel, 'id' | 'of'>;
/** What a check found, and on what. */
type Found = Pick<OpenedModel, 'backend' | 'selfTestDistance' | 'runMilliseconds'>;

export class Device {
  readonly #kept: KeptNotes;
  #adapter: Promise<Adapter | undefined> | undefined;
  /** Undefined until it was asked for. */
  #found: { readonly adapter: Adapter | undefined } | undefined;

  constructor(private readonly parts: DeviceParts) {
    const { downloads, glue, notes = readNotes(downloads, glue) } = parts;
    const store = {
      read: () => readNotes(downloads, glue),
      write: (note: DeviceNote) => downloads.run((remote) => remote.noteDevice(keyOf(glue), note)),
    };
    this.#kept = new KeptNotes(store, notes);
  }

  get notes(): DeviceNotes {
    return this.#kept.all;
  }

  /** With as many cores as there are now. */
  get measured(): boolean {
    return this.notes.measured?.cores === this.cores;
  }

  /** Names the adapter where one was found. */
  get adapterName(): string {
    return adapterKey(this.#found?.adapter);
  }

  get cores(): number {
    return globalThis.crossOriginIsolated ? navigator.hardwareConcurrency || 1 : 1;
  }

  /** The adapter, asked for once until it is lost; undefined where there is none. */
  adapter(): Promise<Adapter | undefined> {
    this.#adapter ??= findAdapter().then((adapter) => {
      // For a moment after a reset there may be none, and then the same again.
      if (adapter || !this.#found) this.#found = { adapter };
      this.parts.changed();
      return this.#found.adapter;
    });
    return this.#adapter;
  }

  /** Its device is gone: what workers get next may be another adapter's, with notes of its own. */
  lost(): void {
    this.#adapter = undefined;
  }

  async ready(): Promise<void> {
    await this.#kept.known;
  }

  /** What to open a model on now. Asks for the adapter only where one could be used. */
  async choose(model: ChoiceModel, without?: string): Promise<Choice> {
    await this.#kept.known;
    // Another tab may have found that WebGPU computes wrongly.
    if (mayUse(model, this.notes)) await Promise.all([this.adapter(), this.#kept.again()]);
    return this.#chosen(model, without);
  }

  /** Of a worker on WASM that has the machine to itself. */
  async threads(): Promise<number> {
    await this.#kept.known;
    return this.#chosen({ id: '', of: 'build', precision: 'int8' }).threads;
  }

  #chosen(model: ChoiceModel, without?: string): Choice {
    const { threads } = this.parts;
    const machine = { adapter: this.#found?.adapter, cores: this.cores, threads, without };
    return choose(model, this.notes, machine);
  }

  /** As `ModelState.runs` says, with what is known by now. `without`: as for `choose`. */
  runs(model: ChoiceModel, without?: string): RunsOn {
    const known = this.#found !== undefined || !mayUse(model, this.notes);
    // Asked for by whoever looks; it is told to them when it is there.
    if (!known) void this.adapter();
    const { backend, why } = this.#chosen(model, without);
    const webgpu = this.#onWebGpu(model);
    const demoted = webgpu?.outcome === 'demoted' ? webgpu.reason : undefined;
    const chosen = this.notes.prefer[model.id];
    return {
      ...{ backend, why: known ? why : 'Chosen when it is opened.' },
      backends: model.precision !== 'int8' && this.#found?.adapter ? ['wasm', 'webgpu'] : ['wasm'],
      ...(chosen && { chosen }),
      ...(demoted !== undefined && { demoted }),
    };
  }

  /** What came of WebGPU for that installation on the adapter that is here now. */
  #onWebGpu({ id, of }: Pick<ChoiceModel, 'id' | 'of'>): BackendNote | undefined {
    const found = this.notes.models[id]?.[noteKey('webgpu', this.adapterName)];
    return found?.of === of ? found : undefined;
  }

  async passed({ id, of }: Installation, opened: Found): Promise<void> {
    const { backend, selfTestDistance: distance, runMilliseconds: milliseconds } = opened;
    if (distance === undefined) return;
    const timed = { distance, ...(milliseconds !== undefined && { milliseconds }) };
    await this.#noted(id, backend, { of, outcome: 'passed', ...timed });
  }

  /** Never to be used again for that installation of the model on this adapter, until somebody asks for it. */
  async demote({ id, of }: Installation, backend: Backend, error: WinnowError): Promise<void> {
    await this.#noted(id, backend, { of, outcome: 'demoted', reason: reasonOf(error) });
  }

  /** A worker died or hung while it was opened on WebGPU: the second time is the last. */
  async stopped(model: Installation): Promise<void> {
    await this.#kept.known;
    await this.adapter();
    const { id, of } = model;
    const again = this.#onWebGpu(model)?.outcome === 'stopped';
    const reason = 'WebGPU stopped twice while it was opened, so it is not used.';
    await this.#noted(id, 'webgpu', again ? { of, outcome: 'demoted', reason } : { of, outcome: 'stopped' });
  }

  /** Notes where and when: on this adapter, or with so many cores. */
  async #noted(model: string, backend: Backend, note: Omit<BackendNote, 'at'>): Promise<void> {
    if (backend === 'webgpu') await this.adapter();
    const where = backend === 'webgpu' ? { adapter: this.adapterName } : { cores: this.cores };
    await this.note({ kind: 'model', model, backend, note: { ...note, ...where, at: Date.now() } });
  }

  async note(note: DeviceNote): Promise<void> {
    await this.#kept.add(note);
    this.parts.changed();
  }

  /** Everything was cleared. */
  forget(): void {
    this.#kept.forget();
  }
}

/** Whether WebGPU could be what a model is opened on. */
function mayUse({ id, of, precision }: ChoiceModel, { prefer }: DeviceNotes): boolean {
  if (precision === 'int8' || prefer[id] === 'wasm') return false;
  return of !== 'build' || prefer[id] === 'webgpu';
}

/** "WebGPU was off by 0.21, so it is not used." */
function reasonOf({ code, data, message }: WinnowError): string {
  const { distance } = data as { distance?: unknown };
  if (code === 'self-test-failed' && typeof distance === 'number')
    return `WebGPU was off by ${distance.toFixed(distance < 0.1 ? 3 : 2)} in its check, so it is not used.`;
  if (WRONG.includes(code)) return 'WebGPU gave numbers that are no scores in its check, so it is not used.';
  return `WebGPU could not open it, so it is not used. ${message}`;
}

/** Whether it computed, and wrongly: that is so tomorrow, too. Whatever else went wrong may have been the moment's. */
export const isWrong = ({ code }: WinnowError): boolean => WRONG.includes(code);
const WRONG: readonly ErrorCode[] = ['self-test-failed', 'invalid-output'];

/** Whether what went wrong on a backend is the backend's fault rather than that of what is kept, or of nobody. */
export const isBackendsFault = ({ code }: WinnowError): boolean => BACKENDS_FAULTS.includes(code);
const BACKENDS_FAULTS: readonly ErrorCode[] = [
  'self-test-failed',
  'invalid-output',
  'inference-failed',
  'worker-failed',
  'out-of-memory',
];
