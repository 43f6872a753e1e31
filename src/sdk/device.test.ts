import { afterEach, describe, expect, it, vi } from 'vitest';
import { FailedError } from '../core/errors';
import { type DeviceNote, type DeviceNotes, NO_NOTES, noted } from '../rpc/device';
import { Device, type DeviceParts, isBackendsFault } from './device';

const model = { id: 'm', of: '2026', precision: 'exact' } as const;

/** A browser with that adapter, and what it keeps. */
function stage(given: Partial<GPUAdapterInfo> | null, stored: DeviceNotes | 'denied' = NO_NOTES) {
  let info = given;
  vi.stubGlobal('navigator', {
    userAgent: 'test',
    hardwareConcurrency: 4,
    gpu: { requestAdapter: async () => info && { info, features: new Set() } },
  });
  vi.stubGlobal('crossOriginIsolated', true);
  let kept = stored;
  let fails = false;
  let reads = async (notes: DeviceNotes) => notes;
  const remote = {
    device: async () => (kept === 'denied' ? Promise.reject(new Error('denied')) : reads(kept)),
    noteDevice: async (_: string, note: DeviceNote) => {
      if (kept === 'denied' || fails) throw new Error('denied');
      kept = noted(kept, note);
      return kept;
    },
  };
  const downloads = { run: (job: (remote: unknown) => unknown) => job(remote) } as DeviceParts['downloads'];
  const make = () => new Device({ downloads, glue: 'glue-1', threads: undefined, changed: () => {} });
  /** Another adapter is there from the next page on, or none. */
  const plug = (other: Partial<GPUAdapterInfo> | null) => {
    info = other;
  };
  /** Nothing can be written until it is mended. */
  const full = (is: boolean) => {
    fails = is;
  };
  /** How what is stored is read from now on. */
  const read = (as: typeof reads) => {
    reads = as;
  };
  return { device: make(), make, plug, full, read };
}

afterEach(() => vi.unstubAllGlobals());

const off = new FailedError('self-test-failed', 'It was off.', { distance: 0.213, tolerance: 1e-4 });
const GPU = { vendor: 'acme', architecture: 'x', device: '', description: '' };

describe('W10: a backend that is numerically wrong', () => {
  for (const stored of ['kept', 'denied'] as const)
    it(`is not used again, and why is known (${stored})`, async () => {
      const { device, make } = stage(GPU, stored === 'denied' ? 'denied' : NO_NOTES);
      expect((await device.choose(model)).backend).toBe('webgpu');
      await device.demote(model, 'webgpu', off);
      const after = await device.choose(model);
      expect(after.backend).toBe('wasm');
      expect(after.why).toContain('WebGPU was off by 0.21 in its check, so it is not used.');
      expect(device.runs(model)).toMatchObject({ backend: 'wasm', demoted: expect.stringContaining('0.21') });
      expect((await make().choose(model)).backend).toBe(stored === 'kept' ? 'wasm' : 'webgpu');
      // Another installation, and another model, are not held to it.
      expect((await device.choose({ ...model, of: '2027' })).backend).toBe('webgpu');
      expect((await device.choose({ ...model, id: 'n' })).backend).toBe('webgpu');
    });

  it('says nothing of another adapter, which does not make it right again', async () => {
    const { device, make, plug } = stage(GPU);
    await device.choose(model);
    await device.demote(model, 'webgpu', off);
    plug({ ...GPU, vendor: 'other' });
    const second = make();
    expect((await second.choose(model)).backend).toBe('webgpu');
    expect(second.runs(model)).not.toHaveProperty('demoted');
    await second.passed(model, { backend: 'webgpu', selfTestDistance: 0, runMilliseconds: 9 });
    plug(GPU);
    const third = make();
    expect((await third.choose(model)).backend).toBe('wasm');
    expect(third.runs(model).demoted).toContain('0.21');
  });

  it('stays noted, whatever another tab that had it open finds, and is known there at its next opening', async () => {
    const { device, make } = stage(GPU);
    const [other, third] = [make(), make()];
    for (const tab of [other, third]) expect((await tab.choose(model)).backend).toBe('webgpu');
    await device.demote(model, 'webgpu', off);
    expect((await third.choose(model)).backend).toBe('wasm');
    await other.passed(model, { backend: 'webgpu', selfTestDistance: 0, runMilliseconds: 9 });
    await other.stopped(model);
    for (const tab of [other, make()]) expect((await tab.choose(model)).backend).toBe('wasm');
    // Of another installation it says nothing.
    await other.passed({ ...model, of: '2027' }, { backend: 'webgpu', selfTestDistance: 0 });
    expect((await make().choose({ ...model, of: '2027' })).backend).toBe('webgpu');
  });

  it('holds in this page, and is kept later, where it cannot be kept now', async () => {
    const { device, make, full } = stage(GPU);
    await device.choose(model);
    full(true);
    await device.demote(model, 'webgpu', off);
    expect((await device.choose(model)).backend).toBe('wasm');
    expect((await make().choose(model)).backend).toBe('webgpu');
    full(false);
    await device.passed({ ...model, id: 'n' }, { backend: 'wasm', selfTestDistance: 0, runMilliseconds: 4 });
    expect((await device.choose(model)).backend).toBe('wasm');
    expect((await make().choose(model)).backend).toBe('wasm');
    // And others' are still read.
    await make().demote({ ...model, id: 'k' }, 'webgpu', off);
    expect((await device.choose({ ...model, id: 'k' })).backend).toBe('wasm');
  });

  it('is chosen without what is stored where that does not answer', async () => {
    const { device, read } = stage(GPU);
    await device.choose(model);
    read(() => new Promise(() => {}));
    expect((await device.choose(model)).backend).toBe('webgpu');
  });

  it('is another adapter’s matter once the one that was there is lost', async () => {
    const { device, plug } = stage(GPU);
    await device.choose(model);
    await device.demote(model, 'webgpu', off);
    plug(null);
    device.lost();
    // None for a moment: it is taken for the one that was there.
    expect((await device.choose(model)).backend).toBe('wasm');
    expect(device.adapterName).toContain('acme');
    plug({ ...GPU, vendor: 'other' });
    device.lost();
    expect((await device.choose(model)).backend).toBe('webgpu');
    expect(device.adapterName).toContain('other');
  });

  it('W05: one that stops while it is opened is noted, and the second time is the last', async () => {
    const { device, make } = stage(GPU);
    await device.stopped(model);
    expect((await device.choose(model)).backend).toBe('webgpu');
    expect(device.runs(model)).not.toHaveProperty('demoted');
    const next = make();
    await next.stopped(model);
    expect((await next.choose(model)).why).toContain('WebGPU stopped twice while it was opened');
    expect((await make().choose(model)).backend).toBe('wasm');
  });

  it('W07: is not what the card says once this page does without', async () => {
    const { device } = stage(GPU);
    await device.choose(model);
    expect(device.runs(model).backend).toBe('webgpu');
    expect(device.runs(model, 'Reset twice.')).toMatchObject({
      backend: 'wasm',
      why: expect.stringContaining('Reset twice.'),
    });
  });

  it('is tried again when somebody asks, for one model or by measuring anew', async () => {
    const { device } = stage(GPU);
    await device.demote(model, 'webgpu', off);
    await device.demote({ ...model, id: 'n' }, 'webgpu', off);
    await device.note({ kind: 'prefer', model: 'm', backend: 'webgpu' });
    expect((await device.choose(model)).backend).toBe('webgpu');
    expect((await device.choose({ ...model, id: 'n' })).backend).toBe('wasm');
    const measured = {
      at: 1,
      milliseconds: 1,
      timings: [],
      cores: 4,
      threads: 1,
      pool: { workers: 1, threads: 1 },
    };
    await device.note({ kind: 'measured', measured, again: false });
    expect((await device.choose({ ...model, id: 'n' })).backend).toBe('wasm');
    const quick = { ...model, id: 'k' };
    await device.passed(quick, { backend: 'wasm', selfTestDistance: 0, runMilliseconds: 4 });
    expect((await device.choose(quick)).backend).toBe('wasm');
    await device.note({ kind: 'measured', measured, again: true });
    // Times as well: both are measured anew.
    for (const id of ['k', 'm', 'n']) expect((await device.choose({ ...model, id })).backend).toBe('webgpu');
  });

  it('W09: says of what is no score that it is none, and blames nobody for what is damaged', () => {
    expect(isBackendsFault(off)).toBe(true);
    expect(isBackendsFault(new FailedError('invalid-output', 'The same score for every label.'))).toBe(true);
    for (const code of [
      'asset-corrupt',
      'asset-missing',
      'storage-unavailable',
      'worker-died',
      'offline',
    ] as const)
      expect(isBackendsFault(new FailedError(code, '.')), code).toBe(false);
  });
});

it('W11: without an adapter, or with one that the processor stands in for, it is WASM', async () => {
  expect(await stage(null).device.choose(model)).toMatchObject({ backend: 'wasm', threads: 2 });
  const software = stage({ ...GPU, vendor: 'google', architecture: 'swiftshader' }).device;
  expect(await software.choose(model)).toMatchObject({ backend: 'wasm' });
  await software.note({ kind: 'prefer', model: 'm', backend: 'webgpu' });
  expect((await software.choose(model)).backend).toBe('webgpu');
  expect(software.runs(model)).toMatchObject({ chosen: 'webgpu', backends: ['wasm', 'webgpu'] });
});

it('nobody is asked for an adapter for a model that it could not run', async () => {
  const { device } = stage(GPU);
  const asked = vi.spyOn(navigator.gpu!, 'requestAdapter');
  await device.choose({ ...model, precision: 'int8' });
  await device.choose({ ...model, of: 'build' });
  expect(device.runs({ ...model, of: 'build' }).backends).toEqual(['wasm']);
  expect(asked).not.toHaveBeenCalled();
  expect(device.runs(model).why).toBe('Chosen when it is opened.');
  expect(asked).toHaveBeenCalledTimes(1);
});
