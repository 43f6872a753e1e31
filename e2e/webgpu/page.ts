/** The page of the engine tests: a worker per backend, as in the product. */
import * as Comlink from 'comlink';
import type { Backend } from '../../src/core/policy/types';
import type { Service } from './worker';

declare global {
  interface Window {
    /** A fresh worker with the runtime of that backend. */
    start(backend: Backend, build?: 'jspi' | 'asyncify'): Promise<Comlink.Remote<Service>>;
    engines: Partial<Record<string, Comlink.Remote<Service>>>;
  }
}

window.engines = {};
window.start = async (backend, build = 'jspi') => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const remote = Comlink.wrap<Service>(worker);
  await remote.start(backend, build);
  return remote;
};
