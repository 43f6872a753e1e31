/** Which flavour of a model an installation makes where nobody chose one. */
import type { ModelCard } from '../catalog/card';
import type { Precision } from '../core/policy/types';
import { findAdapter } from './adapter';

/**
 * The card's for WebGPU where the browser offers a graphics processor that computes in it; otherwise the card's for WASM, and
 * where the processor only stands in for one. Undefined for a card that does not say. Never rejects.
 */
export async function usualPrecision({ install }: ModelCard): Promise<Precision | undefined> {
  if (!install) return undefined;
  const { wasm, webgpu } = install.precision;
  // Asked only where the answer matters: it wakes the graphics process.
  if (wasm === webgpu) return wasm;
  const adapter = await findAdapter();
  if (!adapter || adapter.software) return wasm;
  return webgpu === 'half' && !adapter.half ? wasm : webgpu;
}
