/** Which backend a model is opened on, on how many threads, and why: by what was measured here, unless somebody chose. */
import type { Backend, Precision } from '../core/policy/types';
import { type Adapter, type BackendNote, type DeviceNotes, type Measured, noteKey } from '../rpc/device';

/** What is known of a model before it is opened. */
export interface ChoiceModel {
  readonly id: string;
  /** When it was installed, or `build`. */
  readonly of: string;
  readonly precision: Precision;
}

/** What is known of the machine beside the notes. */
export interface Machine {
  /** Absent: the browser offers none. */
  readonly adapter?: Adapter | undefined;
  /** Where memory cannot be shared, one. */
  readonly cores: number;
  /** Chosen by whoever made this instance. */
  readonly threads?: number | undefined;
  /** Why this page does without WebGPU from here on. */
  readonly without?: string | undefined;
}

export interface Choice {
  readonly backend: Backend;
  readonly threads: number;
  /** For many items of this model: that many workers of so many threads each. */
  readonly pool: { readonly workers: number; readonly threads: number };
  /** A sentence for the person whose machine it is. */
  readonly why: string;
}

/** Below this many milliseconds a run, WebGPU has nothing to win that its 17 MB would be worth. */
const FAST = 15;
/** A backend that was slower by less is not left for the other: measurements differ by as much. */
const CLEARLY = 1.1;

/** Names a graphics adapter as far as the browser tells. */
export function adapterKey(adapter: Adapter | undefined): string {
  const { vendor = '', architecture = '', device = '', description = '' } = adapter ?? {};
  return [vendor, architecture, device, description].join(' ').trim();
}

/** Pure: the same notes give the same choice. */
export function choose(model: ChoiceModel, notes: DeviceNotes, machine: Machine): Choice {
  const share = shareOf(notes.measured, machine);
  const on = backendFor(model, notes, machine);
  if (on.backend === 'webgpu')
    return { backend: 'webgpu', threads: 1, pool: { workers: 1, threads: 1 }, why: on.why };
  const threads = `${share.threads} ${share.threads === 1 ? 'thread' : 'threads'}`;
  return {
    ...{ backend: 'wasm', threads: share.threads, pool: share.pool },
    why: `Runs on WASM, ${threads}${share.why}. ${on.why}`,
  };
}

interface On {
  readonly backend: Backend;
  readonly why: string;
}

function backendFor({ id, of, precision }: ChoiceModel, notes: DeviceNotes, machine: Machine): On {
  const { adapter, without } = machine;
  const known = notes.models[id] ?? {};
  // Of this installation, on this adapter, and with as many cores.
  const note = (key: string) => {
    const found = known[key];
    return found?.of === of && (found.cores ?? machine.cores) === machine.cores ? found : undefined;
  };
  const [wasm, webgpu] = [note(noteKey('wasm')), note(noteKey('webgpu', adapterKey(adapter)))];
  const on = (backend: Backend, why: string): On => ({ backend, why });
  const preferred = notes.prefer[id];
  if (preferred === 'wasm') return on('wasm', 'Chosen by you.');
  if (precision === 'int8') return on('wasm', 'It is kept as int8, which runs on WASM only.');
  if (!adapter) return on('wasm', 'This browser offers no WebGPU.');
  if (webgpu?.outcome === 'demoted') return on('wasm', webgpu.reason ?? 'WebGPU failed its check here.');
  if (without !== undefined) return on('wasm', without);
  if (preferred === 'webgpu') return on('webgpu', 'Runs on WebGPU. Chosen by you.');
  if (adapter.software) return on('wasm', 'WebGPU is computed by the processor here, which is slower.');
  if (of === 'build') return on('wasm', 'It is too small for WebGPU to gain anything.');
  return byTime(wasm, webgpu);
}

/** Each is tried once where WebGPU may gain something; then both were measured. */
function byTime(wasm: BackendNote | undefined, webgpu: BackendNote | undefined): On {
  const [cpu, gpu] = [wasm?.milliseconds, webgpu?.milliseconds];
  const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  if (gpu === undefined) {
    if (cpu !== undefined && cpu < FAST)
      return { backend: 'wasm', why: `A run takes ${ms(cpu)}, so WebGPU would gain nothing.` };
    return { backend: 'webgpu', why: 'Runs on WebGPU, to be measured against WASM.' };
  }
  if (cpu === undefined)
    return { backend: 'wasm', why: `To be measured against WebGPU, where a run takes ${ms(gpu)}.` };
  if (gpu <= cpu * CLEARLY)
    return { backend: 'webgpu', why: `Runs on WebGPU: measured ${ms(gpu)} a run, ${ms(cpu)} on WASM.` };
  return { backend: 'wasm', why: `Measured ${ms(cpu)} a run, ${ms(gpu)} on WebGPU.` };
}

interface Share {
  readonly threads: number;
  readonly pool: Choice['pool'];
  readonly why: string;
}

function shareOf(measured: Measured | undefined, { cores, threads: given }: Machine): Share {
  if (given !== undefined)
    return { threads: given, pool: { workers: 1, threads: given }, why: ', as this page asked for' };
  // What was measured with memory shared holds only where it is, and the other way round.
  if (measured?.cores !== cores) {
    const threads = defaultThreads(cores);
    return { threads, pool: { workers: 1, threads }, why: cores > 1 ? ', not measured yet' : '' };
  }
  const { threads, pool, timings } = measured;
  const one = timings.find((timing) => timing.workers === 1 && timing.threads === 1);
  const best = timings.find((timing) => timing.workers === 1 && timing.threads === threads);
  const other = timings.find((timing) => timing.workers === 1 && timing.threads === 2);
  if (!one || !best) return { threads, pool, why: ', as measured' };
  const times = (slow: number, fast: number) => (slow / fast).toFixed(1);
  if (threads > 1)
    return { threads, pool, why: `: measured ${times(one.float32, best.float32)} × one thread` };
  return { threads, pool, why: other ? `: measured ${times(other.float32, one.float32)} × two threads` : '' };
}

/** ONNX Runtime's own default until it is measured: half the cores, four at most. */
export function defaultThreads(cores: number): number {
  return Math.max(1, Math.min(4, Math.ceil(cores / 2)));
}
