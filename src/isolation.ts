/** The page's side of `workers/isolation.ts`, for hosts that cannot send headers. */
import isolationUrl from '../workers/isolation.ts?worker&url';
import { trustedScriptUrl } from './sdk/trusted';

/** Set while a reload is under way, so that a service worker that never takes over cannot cause a second. */
const RELOADED = 'winnow-isolation-reloaded';

/**
 * Call before anything else starts. In a build made for such hosts (`<meta name="winnow-isolation">`) and
 * not yet under the service worker, registers it and reloads: workers must not start without their
 * policies. Resolves to true when the page is about to reload; mount nothing then.
 */
export async function reloadIntoIsolation(): Promise<boolean> {
  if (!document.querySelector('meta[name="winnow-isolation"]') || crossOriginIsolated) return false;
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || workers.controller || sessionStorage.getItem(RELOADED)) {
    sessionStorage.removeItem(RELOADED);
    return false;
  }
  try {
    const url = trustedScriptUrl(new URL(isolationUrl, import.meta.url).href);
    await workers.register(url, { updateViaCache: 'none' });
    await workers.ready;
  } catch {
    // Private windows and file: have none. One thread then, and no policies for workers.
    return false;
  }
  sessionStorage.setItem(RELOADED, '1');
  location.reload();
  return true;
}
