/** A browser whose WebGPU is computed by SwiftShader: right, without float16 in shaders, and slow. */
import { findChromium, TEST_ARGS } from '../../scripts/chromium.mjs';

const executablePath = await findChromium();

export const WEBGPU = {
  launchOptions: {
    // The second, so that no real graphics processor is used where there is one.
    args: [...TEST_ARGS, '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    ...(executablePath !== undefined && { executablePath }),
  },
};
