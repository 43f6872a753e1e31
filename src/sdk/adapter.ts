/** The graphics adapter of this machine, as the browser offers it. */
import type { Adapter } from '../rpc/device';

/** Words for what renders in software: Chromium's, Mesa's two, Windows'. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/i;

export interface FoundAdapter extends Adapter {
  /** Shaders compute in float16. */
  readonly half: boolean;
}

/** The one that models would be run on; undefined where there is none. Never rejects. */
export async function findAdapter(): Promise<FoundAdapter | undefined> {
  // Denied by a policy, or taken away by a driver: none.
  const adapter = await Promise.resolve(
    navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }),
  ).catch(() => undefined);
  if (!adapter) return undefined;
  const { vendor, architecture, device, description } = adapter.info;
  const words = [vendor, architecture, device, description].join(' ');
  const software = adapter.info.isFallbackAdapter || SOFTWARE.test(words);
  return { vendor, architecture, device, description, software, half: adapter.features.has('shader-f16') };
}
