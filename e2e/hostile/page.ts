/** The page of the picture tests: everything happens in the worker, as in the product. */
import * as Comlink from 'comlink';
import type { Outcome, Service } from './worker';

declare global {
  interface Window {
    pictures: Comlink.Remote<Service>;
    /** The whole corpus; every outcome is told as it comes. With a seed, also the slow files. */
    runCorpus(onOutcome: (outcome: Outcome) => void, seed?: number, mutated?: number): Promise<number>;
    /** The file in the page's input, decoded in the worker. */
    decodeChosen(): Promise<Awaited<ReturnType<Service['decode']>>>;
  }
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
window.pictures = Comlink.wrap<Service>(worker);
window.decodeChosen = () => {
  const file = document.querySelector('input')!.files![0]!;
  return window.pictures.decode(file, file.name);
};
window.runCorpus = (onOutcome, seed, mutated) => window.pictures.run(Comlink.proxy(onOutcome), seed, mutated);
