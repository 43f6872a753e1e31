import { describe, expect, it } from 'vitest';
import { type Adapter, type BackendNote, type DeviceNotes, NO_NOTES, noteKey } from '../rpc/device';
import { adapterKey, type ChoiceModel, choose, type Machine } from './choice';

const adapter: Adapter = { vendor: 'v', architecture: 'a', device: '', description: '', software: false };
const model: ChoiceModel = { id: 'm', of: '2026', precision: 'exact' };
const machine: Machine = { adapter, cores: 4 };

const note = (more: Partial<BackendNote>): BackendNote => ({ of: '2026', at: 1, outcome: 'passed', ...more });
const notes = (wasm?: Partial<BackendNote>, webgpu?: Partial<BackendNote>): DeviceNotes => ({
  ...NO_NOTES,
  models: {
    m: {
      ...(wasm && { wasm: note(wasm) }),
      ...(webgpu && { [noteKey('webgpu', adapterKey(adapter))]: note(webgpu) }),
    },
  },
});
const measured = (threads: number, pool = { workers: 1, threads }, cores = 2): DeviceNotes => ({
  ...NO_NOTES,
  measured: {
    ...{ at: 1, milliseconds: 900, cores, threads, pool },
    timings: [
      { workers: 1, threads: 1, float32: 18, int8: 9 },
      { workers: 1, threads: 2, float32: 10, int8: 5 },
    ],
  },
});

describe('which backend', () => {
  it('W11: WASM where there is no adapter, or one in software, or nothing to gain, without a fuss', () => {
    const none = choose(model, NO_NOTES, { cores: 2 });
    expect(none).toMatchObject({
      backend: 'wasm',
      why: expect.stringContaining('This browser offers no WebGPU.'),
    });
    const software = { ...adapter, software: true };
    expect(choose(model, NO_NOTES, { adapter: software, cores: 2 }).backend).toBe('wasm');
    expect(choose({ ...model, precision: 'int8' }, NO_NOTES, machine).backend).toBe('wasm');
    expect(choose({ ...model, of: 'build' }, NO_NOTES, machine).backend).toBe('wasm');
    expect(choose(model, notes({ milliseconds: 4 }), machine).backend).toBe('wasm');
  });

  it('WebGPU is tried once, then what was measured decides', () => {
    expect(choose(model, NO_NOTES, machine).backend).toBe('webgpu');
    expect(choose(model, notes({ milliseconds: 250 }), machine).backend).toBe('webgpu');
    const fast = choose(model, notes({ milliseconds: 250 }, { milliseconds: 20 }), machine);
    expect(fast).toMatchObject({
      backend: 'webgpu',
      why: 'Runs on WebGPU: measured 20 ms a run, 250 ms on WASM.',
    });
    const slow = choose(model, notes({ milliseconds: 60 }, { milliseconds: 90 }), machine);
    expect(slow.backend).toBe('wasm');
    expect(slow.why).toContain('Measured 60 ms a run, 90 ms on WebGPU.');
  });

  it('each is tried once, whichever was measured first, and with as many cores as there are', () => {
    const cpu = choose(model, notes(undefined, { milliseconds: 20 }), machine);
    expect(cpu).toMatchObject({ backend: 'wasm', why: expect.stringContaining('To be measured against') });
    const other = notes({ milliseconds: 250, cores: 1 }, { milliseconds: 20 });
    expect(choose(model, other, machine).backend).toBe('wasm');
    const same = notes({ milliseconds: 250, cores: 4 }, { milliseconds: 20 });
    expect(choose(model, same, machine).backend).toBe('webgpu');
    expect(choose(model, notes({}, { outcome: 'stopped' }), machine).backend).toBe('webgpu');
  });

  it('W10: one that failed its check is not used again, for that installation and on that adapter', () => {
    const failed = {
      outcome: 'demoted',
      reason: 'WebGPU was off by 0.21.',
      adapter: adapterKey(adapter),
    } as const;
    const demoted = choose(model, notes({ milliseconds: 250 }, failed), machine);
    expect(demoted).toMatchObject({
      backend: 'wasm',
      why: expect.stringContaining('WebGPU was off by 0.21.'),
    });
    const preferred = { ...notes({}, failed), prefer: { m: 'webgpu' } } as const;
    expect(choose(model, preferred, machine).backend).toBe('wasm');
    expect(choose({ ...model, of: '2027' }, notes({}, failed), machine).backend).toBe('webgpu');
    const other = { ...adapter, device: 'another' };
    expect(choose(model, notes({}, failed), { ...machine, adapter: other }).backend).toBe('webgpu');
  });

  it('somebody’s own choice goes first, where it can be had', () => {
    const prefer = (backend: 'wasm' | 'webgpu') => ({ ...NO_NOTES, prefer: { m: backend } });
    expect(choose(model, prefer('wasm'), machine).why).toContain('Chosen by you.');
    const software = { ...adapter, software: true };
    const forced = choose(model, prefer('webgpu'), { adapter: software, cores: 2 });
    expect(forced).toMatchObject({ backend: 'webgpu', why: 'Runs on WebGPU. Chosen by you.' });
    expect(choose(model, prefer('webgpu'), { cores: 2 }).backend).toBe('wasm');
    expect(choose(model, prefer('webgpu'), { ...machine, without: 'Reset twice.' })).toMatchObject({
      backend: 'wasm',
      why: expect.stringContaining('Reset twice.'),
    });
  });
});

describe('how many threads', () => {
  it('as was measured, with how much it gains', () => {
    const found = choose(model, measured(2, { workers: 2, threads: 1 }), { cores: 2 });
    expect(found).toMatchObject({ threads: 2, pool: { workers: 2, threads: 1 } });
    expect(found.why).toContain('Runs on WASM, 2 threads: measured 1.8 × one thread.');
    expect(choose(model, measured(1), { cores: 2 }).why).toContain('1 thread: measured 0.6 × two threads.');
  });

  it('until then half the cores, and one where memory is not shared, whatever was measured where it was', () => {
    expect(choose(model, NO_NOTES, { cores: 8 })).toMatchObject({ threads: 4 });
    expect(choose(model, NO_NOTES, { cores: 8 }).why).toContain('not measured yet');
    const alone = { threads: 1, pool: { workers: 1, threads: 1 } };
    expect(choose(model, measured(2), { cores: 1 })).toMatchObject(alone);
    expect(choose(model, measured(1, { workers: 1, threads: 1 }, 1), { cores: 8 })).toMatchObject({
      threads: 4,
    });
  });

  it('what the page asked for counts', () => {
    expect(choose(model, measured(2), { cores: 8, threads: 3 })).toMatchObject({ threads: 3 });
  });
});
