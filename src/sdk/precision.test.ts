import { afterEach, expect, it, vi } from 'vitest';
import type { ModelCard } from '../catalog/card';
import { usualPrecision } from './precision';

afterEach(() => vi.unstubAllGlobals());

const card = (webgpu: string) =>
  ({ install: { precision: { wasm: 'int8', webgpu } } }) as unknown as ModelCard;

/** A browser that offers this adapter, to whoever asks for the fastest. */
function offer(info: Partial<GPUAdapterInfo> | undefined, features: readonly string[] = []) {
  const requestAdapter = vi.fn(async () => info && { info, features: new Set(features) });
  vi.stubGlobal('navigator', { gpu: { requestAdapter } });
  return requestAdapter;
}

it('is the card’s for WebGPU where a graphics processor computes in it, of those the fastest', async () => {
  const asked = offer({ vendor: 'acme' }, ['shader-f16']);
  expect(await usualPrecision(card('int8-blocks'))).toBe('int8-blocks');
  expect(await usualPrecision(card('half'))).toBe('half');
  expect(asked).toHaveBeenCalledWith({ powerPreference: 'high-performance' });
  offer({ vendor: 'acme' });
  expect(await usualPrecision(card('half'))).toBe('int8');
});

it('W11: is the card’s for WASM where there is none, or the processor stands in for one', async () => {
  for (const info of [
    undefined,
    { vendor: 'acme', isFallbackAdapter: true },
    // Which is not always said of it.
    { vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: false },
    { vendor: 'mesa', description: 'llvmpipe (LLVM 17)' },
  ]) {
    offer(info, ['shader-f16']);
    expect(await usualPrecision(card('int8-blocks'))).toBe('int8');
  }
  vi.stubGlobal('navigator', {});
  expect(await usualPrecision(card('half'))).toBe('int8');
});

it('asks nobody where the answer does not matter', async () => {
  const asked = offer({ vendor: 'acme' });
  expect(await usualPrecision(card('int8'))).toBe('int8');
  expect(await usualPrecision({} as ModelCard)).toBeUndefined();
  expect(asked).not.toHaveBeenCalled();
});
