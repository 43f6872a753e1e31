/** X15: what the app itself leaves in a browser beside its models, and taking it away again. */

/** Only what is ours: other pages of the same host keep things in the same places. */
const OURS = /^winnow\b/;

export interface Traces {
  /** `localStorage` and `sessionStorage`; handing them out may throw. */
  readonly storages: readonly (() => Storage)[];
  /** Absent where a page is not served securely. */
  readonly caches?: CacheStorage | undefined;
  readonly workers?: ServiceWorkerContainer | undefined;
  /** The folder the app is served from, as an address. */
  readonly scope: string;
}

export function browserTraces(): Traces {
  return {
    storages: [() => window.localStorage, () => window.sessionStorage],
    caches: globalThis.caches,
    workers: navigator.serviceWorker,
    scope: new URL('./', location.href).href,
  };
}

/**
 * Takes all of it away. What is denied here was never written. A service worker goes with the last page it
 * controls: until then it sends the headers that this page's workers are held to.
 */
export async function forget({ storages, caches, workers, scope }: Traces): Promise<void> {
  for (const open of storages) forgetKeys(open);
  const names = (await caches?.keys().catch(() => [])) ?? [];
  const registrations = (await workers?.getRegistrations().catch(() => [])) ?? [];
  await Promise.all([
    ...names.filter((name) => OURS.test(name)).map((name) => caches!.delete(name)),
    ...registrations.filter((one) => one.scope.startsWith(scope)).map((one) => one.unregister()),
  ]);
}

function forgetKeys(open: () => Storage): void {
  try {
    const storage = open();
    const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
    for (const key of keys) if (OURS.test(key)) storage.removeItem(key);
  } catch {
    // Denied.
  }
}
