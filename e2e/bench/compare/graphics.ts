/** Whether there is a graphics processor that WebGPU would run on. */
import { openStage } from '../prepare/stage';

export interface Graphics {
  /** For people, and for the JSON. */
  readonly says: string;
  /** Of a browser that uses it; absent where WebGPU takes no part. */
  readonly args?: readonly string[];
}

/** On Linux Chromium hands out no adapter without it. */
const ANY = ['--enable-unsafe-webgpu'];

/** `auto`: where there is a real one; `software`: where the processor stands in for it, too; `off`: not at all. */
export async function graphicsOf(wanted: string): Promise<Graphics> {
  if (wanted === 'off') return { says: 'WebGPU takes no part.' };
  if (wanted !== 'auto' && wanted !== 'software') throw new Error('--webgpu takes auto, software or off.');
  const args = wanted === 'software' ? [...ANY, '--use-webgpu-adapter=swiftshader'] : ANY;
  const stage = await openStage('dist', args);
  try {
    const page = await stage.enter();
    const found = await page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
      if (!adapter) return undefined;
      const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
      const name = [vendor, architecture, description].filter(Boolean).join(' ');
      return { name, software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(name) };
    });
    if (!found) return { says: 'WebGPU: this browser has no adapter. No graphics processor was measured.' };
    if (found.software && wanted === 'auto')
      return { says: `WebGPU: only ${found.name}, in software. No graphics processor was measured.` };
    return { says: `WebGPU on ${found.name}${found.software ? ', in software' : ''}.`, args };
  } finally {
    await stage.close();
  }
}
