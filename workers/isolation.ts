/**
 * Service worker of the app's folder. Without a network it serves the files that the app has kept; with one it stays out
 * of the way, except on hosts that cannot send headers: there it adds ours to every answer (no `?offline` in its address).
 */
import { headersFor } from '../scripts/header-rules.mjs';

const worker = self as unknown as ServiceWorkerGlobalScope;
const addsHeaders = !new URL(worker.location.href).searchParams.has('offline');
/** The page itself came from what is kept, so what it asks for may have to as well. */
let lost = false;

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Chromium throws when a service worker repeats a request of this kind (developer tools make them).
  const unrepeatable = request.cache === 'only-if-cached' && request.mode !== 'same-origin';
  if (origin !== worker.location.origin || unrepeatable) return;
  if (addsHeaders || request.mode === 'navigate' || lost || !navigator.onLine)
    event.respondWith(answer(request, pathname));
});

async function answer(request: Request, path: string): Promise<Response> {
  let kept: Response | undefined;
  const response = await fetch(request).catch(async (error: unknown) => {
    const cache = await caches.open('winnow-build');
    kept = request.method === 'GET' ? await cache.match(request, { ignoreSearch: true }) : undefined;
    if (kept) return kept;
    throw error;
  });
  if (request.mode === 'navigate') lost = kept !== undefined;
  // A redirect is followed by the browser, which asks again; an answer without a status cannot be rebuilt.
  if (!addsHeaders || response.type === 'opaqueredirect' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(headersFor(path, { modelHosts: __MODEL_HOSTS__ })))
    headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
