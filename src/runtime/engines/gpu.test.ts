import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** A browser whose devices are lost from the start as often as said, and what was asked of it. */
function browser(lostAtFirst: number, adapters = Number.POSITIVE_INFINITY) {
  const asked = { adapters: 0, devices: 0 };
  const losing: (() => void)[] = [];
  const device = (gone: boolean) => {
    let lose = (_: { reason: string }) => {};
    const lost = new Promise<{ reason: string }>((resolve) => {
      lose = resolve;
    });
    if (gone) lose({ reason: 'unknown' });
    else losing.push(() => lose({ reason: 'unknown' }));
    return {
      lost,
      queue: { onSubmittedWorkDone: async () => undefined },
      features: new Set(),
      createBuffer: () => ({ mapAsync: async () => {}, unmap: () => {} }),
    };
  };
  const requestAdapter = async () => {
    asked.adapters += 1;
    if (asked.adapters > adapters) return null;
    return {
      ...{ features: new Set(), limits: {} },
      requestDevice: async () => {
        asked.devices += 1;
        return device(asked.devices <= lostAtFirst);
      },
    };
  };
  vi.stubGlobal('navigator', { gpu: { requestAdapter } });
  vi.stubGlobal('GPUBufferUsage', { MAP_READ: 1 });
  vi.stubGlobal('GPUMapMode', { READ: 1 });
  return { asked, lose: () => losing.shift()?.() };
}

let gpu: typeof import('./gpu').gpu;
beforeEach(async () => {
  vi.resetModules();
  ({ gpu } = await import('./gpu'));
});
afterEach(() => vi.unstubAllGlobals());

describe('W12 a device that is lost when it is given', () => {
  it('is asked for again, of another adapter, twice', async () => {
    const { asked } = browser(2);
    expect((await gpu()).lost()).toBeUndefined();
    expect(asked).toEqual({ adapters: 3, devices: 3 });
  });

  it('three times over is a loss, with no fourth try; asking later begins again', async () => {
    const { asked } = browser(3);
    await expect(gpu()).rejects.toMatchObject({ code: 'gpu-lost' });
    expect(asked).toEqual({ adapters: 3, devices: 3 });
    expect((await gpu()).lost()).toBeUndefined();
    expect(asked.devices).toBe(4);
  });

  it('whose adapter is gone after it is none', async () => {
    const { asked } = browser(3, 1);
    await expect(gpu()).rejects.toMatchObject({ code: 'gpu-unavailable' });
    expect(asked).toEqual({ adapters: 2, devices: 1 });
  });
});

it('W07: the same one until it is lost, which is known at once, then another', async () => {
  const { asked, lose } = browser(0);
  const first = await gpu();
  expect(await gpu()).toBe(first);
  expect(asked.devices).toBe(1);
  lose();
  await expect(first.gone).rejects.toMatchObject({ code: 'gpu-lost' });
  expect(first.lost()).toMatchObject({ code: 'gpu-lost' });
  expect(await gpu()).not.toBe(first);
  expect(asked.devices).toBe(2);
});
