/** What is kept of this device: how fast it computes, and what came of each model on each backend. */
import type { Backend } from '../core/policy/types';

/** A graphics adapter, as the browser describes it; names may be empty. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** The processor stands in for it: right, and slower than WASM. */
  readonly software: boolean;
}

/** One way to share the cores, and what it took. */
export interface Timing {
  readonly workers: number;
  readonly threads: number;
  /** Milliseconds per run of the small network, all workers taken together: half of it where two finish in the same time. */
  readonly float32: number;
  readonly int8: number;
}

export interface Measured {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What measuring took. */
  readonly milliseconds: number;
  readonly timings: readonly Timing[];
  /** How many there were to share. */
  readonly cores: number;
  /** For one model at a time. */
  readonly threads: number;
  /** For many items of one model. */
  readonly pool: { readonly workers: number; readonly threads: number };
}

/** What came of a model on a backend here. */
export interface BackendNote {
  /** Which installation it holds for: when that was, or `build`. */
  readonly of: string;
  /** Of WebGPU: which graphics adapter it holds for, as the browser names it. */
  readonly adapter?: string;
  /** Of WASM: how many cores there were to share. */
  readonly cores?: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `stopped`: its worker died or hung while it was opened, for the first time. */
  readonly outcome: 'passed' | 'demoted' | 'stopped';
  /** Largest difference from the reference. */
  readonly distance?: number;
  /** Of one run. */
  readonly milliseconds?: number;
  /** Why it was demoted, for the person who uses it. */
  readonly reason?: string;
}

/** By `noteKey`: what one graphics adapter did says nothing of another in the same machine. */
export type ModelNotes = Readonly<Record<string, BackendNote>>;

export const noteKey = (backend: Backend, adapter = ''): string =>
  backend === 'webgpu' ? `webgpu ${adapter}` : backend;

export interface DeviceNotes {
  readonly measured?: Measured;
  /** By model id. */
  readonly models: Readonly<Record<string, ModelNotes>>;
  /** Backends that somebody chose, by model id; of every device of this browser. */
  readonly prefer: Readonly<Record<string, Backend>>;
}

export const NO_NOTES: DeviceNotes = { models: {}, prefer: {} };

/** One thing more to be kept. */
export type DeviceNote =
  /** `again`: forgets what was demoted, and how long runs took: measuring again is asking again. */
  | { readonly kind: 'measured'; readonly measured: Measured; readonly again: boolean }
  | { readonly kind: 'model'; readonly model: string; readonly backend: Backend; readonly note: BackendNote }
  /** Without a backend: chosen automatically. Choosing one forgets that it was demoted. */
  | { readonly kind: 'prefer'; readonly model: string; readonly backend?: Backend };

export interface DeviceContract {
  /** What is known of the device with that key: browser and runtime. */
  device(key: string): Promise<DeviceNotes>;
  /** Keeps one thing more; resolves with all that is known then. */
  noteDevice(key: string, note: DeviceNote): Promise<DeviceNotes>;
}

/** The notes with one more. */
export function noted(notes: DeviceNotes, note: DeviceNote): DeviceNotes {
  switch (note.kind) {
    case 'measured': {
      return { ...notes, measured: note.measured, models: note.again ? {} : notes.models };
    }
    case 'model': {
      const key = noteKey(note.backend, note.note.adapter);
      const before = notes.models[note.model]?.[key];
      // Another tab may have opened it on what it knew: only somebody who asks for it makes it forgotten.
      if (before?.outcome === 'demoted' && before.of === note.note.of) return notes;
      const of = { ...notes.models[note.model], [key]: note.note };
      return { ...notes, models: { ...notes.models, [note.model]: of } };
    }
    case 'prefer': {
      const { [note.model]: _, ...prefer } = notes.prefer;
      if (!note.backend) return { ...notes, prefer };
      const left = passed(notes.models[note.model] ?? {}, note.backend);
      const models = { ...notes.models, [note.model]: left };
      return { ...notes, models, prefer: { ...prefer, [note.model]: note.backend } };
    }
  }
}

/** Without what went wrong there. */
function passed(notes: ModelNotes, backend: Backend): ModelNotes {
  const left = Object.entries(notes).filter(
    ([key, { outcome }]) => outcome === 'passed' || !key.startsWith(backend),
  );
  return Object.fromEntries(left);
}
