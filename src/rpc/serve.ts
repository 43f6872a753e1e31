/** A worker's side of the contract. */
import * as Comlink from 'comlink';
import { installHandlers } from './handlers';

/**
 * Serves `service` from this worker, and holds a Web Lock named like the worker for as long as it lives: the
 * page waits for that lock, so it learns at once when the worker is gone, also while the worker computes.
 */
export async function serve(service: object): Promise<void> {
  const { name } = self as unknown as DedicatedWorkerGlobalScope;
  await new Promise<void>((resolve) => {
    const locks = navigator.locks?.request(name, () => {
      resolve();
      return new Promise<never>(() => {});
    });
    // Denied in some third-party frames: the page then relies on its heartbeat.
    if (!locks) resolve();
    else locks.catch(() => resolve());
  });
  installHandlers();
  Comlink.expose(service);
  postMessage('ready');
}
