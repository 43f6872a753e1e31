/**
 * Service worker for hosts that cannot send headers: adds ours to every answer from the build's own folder.
 * Caches nothing, so there is nothing stale to get stuck on. docs/deploy/github-pages.md says how to end it.
 */
import { headersFor } from '../scripts/header-rules.mjs';

const worker = self as unknown as ServiceWorkerGlobalScope;

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Chromium throws when a service worker repeats a request of this kind (developer tools make them).
  const unrepeatable = request.cache === 'only-if-cached' && request.mode !== 'same-origin';
  if (origin === worker.location.origin && !unrepeatable) event.respondWith(answer(request, pathname));
});

async function answer(request: Request, path: string): Promise<Response> {
  const response = await fetch(request);
  // A redirect is followed by the browser, which asks again; an answer without a status cannot be rebuilt.
  if (response.type === 'opaqueredirect' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(headersFor(path))) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
