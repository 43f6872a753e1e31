/** The page's side of `workers/isolation.ts`, for hosts that cannot send headers. */
import isolationUrl from '../workers/isolation.ts?worker&url';
import { trustedScriptUrl } from './sdk/trusted';

/**
 * When the last reload was started, so that a service worker that never takes over cannot cause one after
 * another. Not in sessionStorage: an isolated page and the same page unisolated each have one of their own.
 */
const RELOADED = 'winnow.isolation';
const AGAIN_AFTER_MS = 10_000;

/**
 * Call before anything else starts. In a build made for such hosts (`<meta name="winnow-isolation">`) and
 * not yet under the service worker, registers it and reloads: workers must not start without their
 * policies. Resolves to true when the page is about to reload; mount nothing then.
 */
export async function reloadIntoIsolation(): Promise<boolean> {
  if (!document.querySelector('meta[name="winnow-isolation"]')) return false;
  try {
    const workers = navigator.serviceWorker;
    if (crossOriginIsolated || workers.controller) {
      localStorage.removeItem(RELOADED);
      return false;
    }
    if (Date.now() - Number(localStorage.getItem(RELOADED)) < AGAIN_AFTER_MS) return false;
    const url = trustedScriptUrl(new URL(isolationUrl, import.meta.url).href);
    await workers.register(url, { updateViaCache: 'none' });
    await workers.ready;
    localStorage.setItem(RELOADED, String(Date.now()));
  } catch {
    // Some private windows and frames have no service workers or no storage: one thread, no policies for workers.
    return false;
  }
  location.reload();
  return true;
}
