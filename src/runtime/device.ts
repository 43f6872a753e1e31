/** Notes of this device in a database of their own; read back as data that anybody may have changed. */
import { promisifyRequest } from 'idb-keyval';
import type { Backend } from '../core/policy/types';
import { DEVICE_DATABASE } from '../rpc/databases';
import {
  type BackendNote,
  type DeviceContract,
  type DeviceNotes,
  type Measured,
  type ModelNotes,
  noted,
  noteKey,
  type Timing,
} from '../rpc/device';
import { transactions } from './database';

/** Keys: ['device', key], ['prefer']. */
const transact = transactions(DEVICE_DATABASE, 'device');

const BACKENDS: readonly Backend[] = ['wasm', 'webgpu'];
/** More than anybody has; a list from storage is not trusted to be short. */
const MOST_MODELS = 1_000;
const MOST_TIMINGS = 100;
const MOST_ADAPTERS = 20;

export const deviceNotes: DeviceContract = {
  device: (key) => transact('readonly', (store) => read(store, key)),
  noteDevice: (key, note) =>
    transact('readwrite', async (store) => {
      const notes = noted(await read(store, key), note);
      const { prefer, ...device } = notes;
      store.put(prefer, ['prefer']);
      store.put(device, ['device', key]);
      return notes;
    }),
};

async function read(store: IDBObjectStore, key: string): Promise<DeviceNotes> {
  const [device, prefer] = await Promise.all([
    promisifyRequest<unknown>(store.get(['device', key])),
    promisifyRequest<unknown>(store.get(['prefer'])),
  ]);
  return parseNotes(device, prefer);
}

/** What is not usable counts as not known: then it is found out again. */
export function parseNotes(device: unknown, prefer: unknown): DeviceNotes {
  const { measured, models } = asRecord(device);
  const time = measuredOf(measured);
  return {
    ...(time && { measured: time }),
    models: mapped(asRecord(models), modelNotes),
    prefer: Object.fromEntries(
      Object.entries(asRecord(prefer))
        .slice(0, MOST_MODELS)
        .flatMap(([model, backend]) => (isBackend(backend) ? [[model, backend] as const] : [])),
    ),
  };
}

function modelNotes(value: unknown): ModelNotes {
  const notes = Object.entries(asRecord(value)).flatMap(([key, each]) => {
    const note = noteOf(each);
    const known = BACKENDS.some((backend) => key === noteKey(backend, note?.adapter));
    return note && known ? [[key, note] as const] : [];
  });
  return Object.fromEntries(notes.slice(-MOST_ADAPTERS));
}

function noteOf(value: unknown): BackendNote | undefined {
  const { of, at, adapter, cores, outcome, distance, milliseconds, reason } = asRecord(value);
  if (typeof of !== 'string' || !isCount(at)) return undefined;
  if (outcome !== 'passed' && outcome !== 'demoted' && outcome !== 'stopped') return undefined;
  return {
    ...{ of, at, outcome },
    ...(typeof adapter === 'string' && { adapter }),
    ...(isCount(cores) && { cores }),
    ...(isCount(distance) && { distance }),
    ...(isCount(milliseconds) && { milliseconds }),
    ...(typeof reason === 'string' && { reason: reason.slice(0, 500) }),
  };
}

function measuredOf(value: unknown): Measured | undefined {
  const { at, milliseconds, timings, cores, threads, pool } = asRecord(value);
  const { workers: many, threads: each } = asRecord(pool);
  if (!isCount(at) || !isCount(milliseconds) || !isCount(cores)) return undefined;
  if (!isShare(threads) || !isShare(many) || !isShare(each)) return undefined;
  const list = Array.isArray(timings) ? timings.slice(0, MOST_TIMINGS) : [];
  return {
    ...{ at, milliseconds, cores, threads, timings: list.filter(isTiming) },
    pool: { workers: many, threads: each },
  };
}

function isTiming(value: unknown): value is Timing {
  const { workers, threads, float32, int8 } = asRecord(value);
  return isShare(workers) && isShare(threads) && isCount(float32) && isCount(int8);
}

const isBackend = (value: unknown): value is Backend => BACKENDS.includes(value as Backend);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
/** Of cores: a number that ONNX Runtime can be asked for. */
const isShare = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 64;
const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function mapped<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  const entries = Object.entries(record).slice(0, MOST_MODELS);
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}
