/** The build's own files in the browser, for visits without a network. */
import { expect, type Page } from '@playwright/test';

/** The whole build is kept, its pages last, and the service worker is there to serve it. */
export async function keptForOffline(page: Page): Promise<void> {
  const state = () =>
    page
      .evaluate(async () => {
        const cache = await caches.open('winnow-build');
        return Boolean((await cache.match('./')) && navigator.serviceWorker.controller);
      })
      .catch(() => false);
  await expect.poll(state, { timeout: 45_000 }).toBe(true);
}
