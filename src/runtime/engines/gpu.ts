/**
 * The graphics device of this worker: asked for once, and watched. ONNX Runtime is given it instead of making its own, so
 * that a loss is known before anything that was computed across it is believed.
 */
import { FailedError, UnsupportedError } from '../../core/errors';

export interface Gpu {
  readonly device: GPUDevice;
  /** Shaders may compute in float16. */
  readonly half: boolean;
  /** Why it is gone, once it is. */
  readonly lost: () => FailedError | undefined;
  /** Rejects when it is lost, and is never settled otherwise. */
  readonly gone: Promise<never>;
  /** Rejects where it has been lost before now, known or not: what was read back may be zeros then. One at a time. */
  prove(): Promise<void>;
}

/** Each time a device that is lost from the start could be followed by another such. */
const TRIES = 3;

/** What ONNX Runtime's shaders make use of where it is there. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];
/** What it would ask for itself: as much as there is. The default is far less, 128 MiB for the weights of a layer. */
const LIMITS = [
  'maxBindGroups',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

let current: Promise<Gpu> | undefined;

/**
 * The device, the same one until it is lost. Rejects with UnsupportedError('gpu-unavailable') where the browser offers
 * none, and FailedError('gpu-lost') where every one that it gives is lost already (W12).
 */
export function gpu(): Promise<Gpu> {
  current ??= open();
  const asked = current;
  asked.then(
    ({ gone }) => gone.catch(() => forget(asked)),
    () => forget(asked),
  );
  return asked;
}

function forget(asked: Promise<Gpu>): void {
  if (current === asked) current = undefined;
}

async function open(): Promise<Gpu> {
  for (let left = TRIES; left > 0; left--) {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw unavailable();
    const device = await adapter.requestDevice(wanted(adapter)).catch(() => undefined);
    if (device && !(await isLost(device))) return watched(device);
  }
  throw lostError('unknown');
}

function wanted(adapter: GPUAdapter): GPUDeviceDescriptor {
  return {
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  };
}

/** A device of an adapter that has gone in the meantime is lost from the start. */
async function isLost({ lost, queue }: GPUDevice): Promise<boolean> {
  // Work counts as done on a lost device, too: whether it is lost is known by then.
  let gone = false;
  const known = lost.then(() => {
    gone = true;
  });
  const done = queue.onSubmittedWorkDone().catch(() => {
    gone = true;
  });
  await Promise.race([known, done]);
  return gone;
}

function watched(device: GPUDevice): Gpu {
  let why: FailedError | undefined;
  const gone = device.lost.then(({ reason }) => {
    why = lostError(reason);
    throw why;
  });
  // Whoever runs something hears of it; nobody has to be running anything.
  gone.catch(() => {});
  const probe = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ });
  return {
    ...{ device, half: device.features.has('shader-f16'), lost: () => why, gone },
    async prove() {
      // The browser asks the graphics process, which answers after all that it was asked before; of a lost device it says no.
      await probe.mapAsync(GPUMapMode.READ).catch(() => {
        throw why ?? lostError('unknown');
      });
      probe.unmap();
    },
  };
}

/** `reason` as WebGPU has it: `destroyed` by the page itself, or `unknown`. */
function lostError(reason: GPUDeviceLostReason): FailedError {
  return new FailedError('gpu-lost', 'The graphics processor was reset. Try again.', { reason });
}

function unavailable(): UnsupportedError {
  return new UnsupportedError(
    'gpu-unavailable',
    'This browser offers no graphics processor to compute on. Use WASM.',
  );
}
