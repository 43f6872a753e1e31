import { describe, expect, it, vi } from 'vitest';
import { starterImage } from '../catalog/starter-image';
import { FailedError } from '../core/errors';
import type { OpenedModel, OpenRequest } from '../rpc/contract';
import type { Remote } from './ask';
import type { Choice } from './choice';
import { GpuLosses } from './gpu-losses';
import { Opening } from './opening';

const at = '2026-11-29T00:00:00.000Z';
const model = { card: starterImage, files: 'stored', installed: { at, precision: 'exact' } } as const;
const share = { threads: 1, pool: { workers: 1, threads: 1 } };

/** A model on a machine that is for WebGPU, unless it is told why not. */
function stage(
  open: (request: OpenRequest) => Promise<OpenedModel> = async ({ backend }) => opened(backend),
) {
  const device = {
    adapterName: 'acme x',
    choose: vi.fn(
      async (_: unknown, without?: string): Promise<Choice> => ({
        ...share,
        backend: without === undefined ? 'webgpu' : 'wasm',
        why: without ?? 'A test.',
      }),
    ),
    passed: vi.fn(async () => {}),
    demote: vi.fn(async () => {}),
    stopped: vi.fn(async () => {}),
    lost: vi.fn(),
  };
  const gpuLosses = new GpuLosses();
  const opening = new Opening(model, {
    ...{ models: '', gpuLosses, device },
    download: async () => new ArrayBuffer(0),
    runtime: async () => ({ wasm: {}, glue: '', helper: '', threads: 4 }) as never,
  });
  const asked: OpenRequest[] = [];
  const remote = {
    open: (request: OpenRequest) => {
      asked.push(request);
      return open(request);
    },
  } as unknown as Remote;
  /** What a worker does: gather, then open. */
  const start = async (beside = false) => opening.prepare(remote, await opening.gather(beside));
  return { opening, device, gpuLosses, asked, start };
}

const opened = (backend: OpenedModel['backend']): OpenedModel => ({
  ...{ backend, precision: 'exact', threads: 1, milliseconds: 5, selfTestDistance: 0, runMilliseconds: 20 },
});
const of = { id: starterImage.id, of: at, precision: 'exact' };
const wrong = new FailedError('self-test-failed', 'Off.', { distance: 0.2 });

describe('W10: opening', () => {
  it('is on what was chosen, which is told with what its check found', async () => {
    const { opening, device, start } = stage();
    expect(await start()).toMatchObject({ backend: 'webgpu', why: 'A test.' });
    expect(opening.opened).toMatchObject({ backend: 'webgpu' });
    expect(device.passed).toHaveBeenCalledWith(of, expect.objectContaining({ runMilliseconds: 20 }));
  });

  it('on WebGPU that answers wrongly is noted for good, and ends so that another worker goes on', async () => {
    const { device, start } = stage(() => Promise.reject(wrong));
    await expect(start()).rejects.toMatchObject({ code: 'gpu-unavailable' });
    expect(device.demote).toHaveBeenCalledWith(of, 'webgpu', wrong);
  });

  it('blames no backend for what is damaged, nor WASM for anything', async () => {
    const damaged = new FailedError('asset-corrupt', 'Damaged.');
    const { device, start } = stage(() => Promise.reject(damaged));
    await expect(start()).rejects.toBe(damaged);
    const other = stage(() => Promise.reject(wrong));
    other.device.choose.mockResolvedValue({ ...share, backend: 'wasm', why: '' });
    await expect(other.start()).rejects.toBe(wrong);
    for (const { demote } of [device, other.device]) expect(demote).not.toHaveBeenCalled();
  });

  it('on WebGPU that had no memory, or did not start, is on WASM in this page, and not noted', async () => {
    for (const code of ['out-of-memory', 'worker-failed', 'inference-failed'] as const) {
      const { opening, device, start } = stage(({ backend }) =>
        backend === 'wasm'
          ? Promise.resolve(opened('wasm'))
          : Promise.reject(new FailedError(code, 'Close other tabs.')),
      );
      const error = await start().catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'gpu-unavailable' });
      opening.lost(error);
      expect(await start()).toMatchObject({
        backend: 'wasm',
        why: expect.stringContaining('Close other tabs.'),
      });
      expect(device.demote).not.toHaveBeenCalled();
      expect(device.stopped).not.toHaveBeenCalled();
      opening.anew();
      expect(opening.without).toBeUndefined();
    }
  });

  it('W05, W06: on WebGPU that hangs or ends the worker goes on on WASM', async () => {
    for (const code of ['worker-died', 'timeout'] as const) {
      const { opening, device, start } = stage(({ backend }) =>
        backend === 'wasm' ? Promise.resolve(opened('wasm')) : new Promise(() => {}),
      );
      void start();
      await vi.waitFor(() => expect(opening.choice).toBeDefined());
      opening.lost(new FailedError(code, 'Gone.'));
      expect(device.stopped).toHaveBeenCalledTimes(1);
      expect(await start()).toMatchObject({
        backend: 'wasm',
        why: expect.stringContaining('WebGPU stopped'),
      });
    }
  });

  it('a worker that dies once it is open says nothing of WebGPU', async () => {
    const { opening, device, start } = stage();
    await start();
    opening.lost(new FailedError('worker-died', 'Gone.'));
    expect(device.stopped).not.toHaveBeenCalled();
    expect(await start()).toMatchObject({ backend: 'webgpu' });
  });

  it('W07, W12: a device that is lost twice within a minute, be it from the start, leaves WebGPU alone', async () => {
    const lost = new FailedError('gpu-lost', 'Reset.');
    const { opening, device, start } = stage(({ backend }) =>
      backend === 'wasm' ? Promise.resolve(opened('wasm')) : Promise.reject(lost),
    );
    for (let times = 0; times < 2; times++) {
      await expect(start()).rejects.toBe(lost);
      opening.lost(lost);
    }
    expect(await start()).toMatchObject({ backend: 'wasm', why: expect.stringContaining('reset twice') });
    // The next device may be another adapter's.
    expect(device.lost).toHaveBeenCalledTimes(2);
  });

  it('checks once, however lately that was done, where somebody asks for it', async () => {
    const { opening, asked, start } = stage();
    opening.thorough = true;
    await start();
    await start();
    expect(asked.map(({ thorough }) => thorough)).toEqual([true, false]);
  });
});

describe('W08: a worker that answered wrongly between items', () => {
  it('on WebGPU: it is not used again', async () => {
    const { opening, device, start } = stage();
    await start();
    await opening.wrong(wrong);
    expect(device.demote).toHaveBeenCalledWith(of, 'webgpu', wrong);
  });

  it('on WASM: the second in a row is the last, until somebody asks again', async () => {
    const { opening, device, start } = stage();
    device.choose.mockResolvedValue({ ...share, backend: 'wasm', why: '' });
    await start();
    await opening.wrong(wrong);
    await start();
    opening.right();
    await opening.wrong(wrong);
    await start();
    await opening.wrong(wrong);
    await expect(start()).rejects.toMatchObject({
      code: 'self-test-failed',
      message: expect.stringContaining('Check it again'),
    });
    expect(device.demote).not.toHaveBeenCalled();
    opening.retry();
    expect(await start()).toMatchObject({ backend: 'wasm' });
  });
});
