/** How much is stored, and whether the browser will keep it. */
import type { DownloadsState } from '../rpc/downloads';
import type { ModelState, StorageState } from './types';

export async function storageState(
  models: readonly ModelState[],
  downloads: Promise<DownloadsState>,
): Promise<StorageState> {
  const storage = navigator.storage as StorageManager | undefined;
  const [estimate, persisted, state] = await Promise.all([
    storage?.estimate?.().catch(() => undefined),
    storage?.persisted?.().catch(() => undefined),
    downloads.catch(() => undefined),
  ]);
  return {
    usage: estimate?.usage ?? 0,
    quota: estimate?.quota ?? 0,
    persisted,
    models: models.reduce((sum, { installed }) => sum + (installed?.bytes ?? 0), 0),
    downloads: state?.sources.reduce((sum, { kept }) => sum + kept, 0) ?? 0,
    ...(state?.unreadable !== undefined && { unreadable: state.unreadable }),
    ...(state?.newer && { newer: true }),
  };
}

/** How much more the browser may let this page keep; nothing where it does not say. It is an estimate, and may be too high (S03). */
export async function freeRoom(): Promise<{ readonly free?: number }> {
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  return usage === undefined || quota === undefined ? {} : { free: Math.max(0, quota - usage) };
}

export async function persist(): Promise<boolean | undefined> {
  return navigator.storage?.persist?.().catch(() => undefined);
}
