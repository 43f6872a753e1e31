/** The page's side of using Winnow without a network: its service worker, and the files for it. */
import isolationUrl from '../workers/isolation.ts?worker&url';
import { trustedScriptUrl } from './sdk/trusted';

/** Milliseconds after the start, when the models on the bench have been opened. */
const QUIET = 5_000;

/**
 * Registers the service worker, unless a host without headers has it already, and has the build's files kept by
 * `keep`. Later, for nothing of it is urgent; not at all where the browser has no service workers or is asked to save data.
 */
export function keepForOffline(keep: () => Promise<void>): void {
  const { serviceWorker, connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  // Undefined where the page is not served securely, whatever the types say.
  if (!(serviceWorker as ServiceWorkerContainer | undefined) || connection?.saveData) return;
  setTimeout(() => void begin(serviceWorker, keep).catch(() => {}), QUIET);
}

async function begin(workers: ServiceWorkerContainer, keep: () => Promise<void>): Promise<void> {
  const url = new URL(isolationUrl, import.meta.url);
  url.search = 'offline';
  // First: where it is refused, nothing need be kept.
  const registration: ServiceWorkerRegistration | undefined = document.querySelector(
    'meta[name="winnow-isolation"]',
  )
    ? await workers.getRegistration()
    : await workers.register(trustedScriptUrl(url.href), { updateViaCache: 'none' });
  // Tools that block service workers answer with nothing instead of an error.
  if (registration) await keep();
}
