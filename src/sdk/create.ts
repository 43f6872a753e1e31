/** createWinnow(): starts workers when they are needed, hands them files, keeps and ends them. */
import { catalog } from '../catalog';
import type { InferenceContract } from '../rpc/contract';
import { step } from '../rpc/step';
import { assets, gluesOf } from './assets';
import { readNotes } from './device';
import type { Fetcher } from './gather';
import { GpuLosses } from './gpu-losses';
import { keptHere } from './kept';
import { ModelList } from './list';
import { parseManifest } from './manifest';
import { Page } from './page';
import { Pixels } from './pixels';
import { PreparedModels } from './prepared';
import { defaultThreads, downloader, memoryForWeights, Runtimes } from './runtime';
import { Spare } from './spare';
import { Supervisor } from './supervisor';
import { createRuns } from './triage';
import type { Winnow, WinnowOptions } from './types';

const DEADLINE = 60_000;
const IDLE = 300_000;
/** Of workers that decode: they start in a blink, and nobody waits for one. */
const PIXELS_IDLE = 30_000;
/** The longest that a browser's timer takes: a download is as long as it is, and knows itself when it stands still. */
const NO_DEADLINE = 2 ** 31 - 1;

/** Winnow in this page. Reads the list of models; rejects with FailedError when it cannot. */
export async function createWinnow(options: WinnowOptions = {}): Promise<Winnow> {
  const { deadline = DEADLINE, idle = IDLE } = options;
  const urls = assets(options.base);
  const downloads: Fetcher = new Supervisor({ url: urls.download, deadline, idle, lanes: 8 });
  const download = downloader(downloads);
  const spare = new Spare({ url: urls.inference, idle });
  const runtimes = new Runtimes(urls, downloads, options.threads ?? defaultThreads());
  // Every model needs it, and it takes as long as the lists do. Whoever needs it hears when it fails.
  runtimes.for('wasm').catch(() => {});
  const notes = readNotes(downloads, gluesOf(urls));
  notes.catch(() => {});
  const [manifest, kept] = await Promise.all([
    download(`${urls.models}manifest.json`).then(parseManifest),
    keptHere(downloads),
  ]).catch((thrown: unknown) => {
    // Whoever tries again gets another.
    spare.end();
    throw thrown;
  });
  step('lists read');
  const prepared = new PreparedModels(manifest, urls.models);
  const list = new ModelList(manifest.models, options.catalog ?? catalog, prepared);
  return new Page({
    urls,
    runtimes,
    downloads,
    fetcher: new Supervisor({ url: urls.download, deadline: NO_DEADLINE, idle, lanes: 8 }),
    decoder: new Supervisor<InferenceContract>({ url: urls.inference, deadline, idle }),
    reader: new Supervisor({ url: urls.reading, deadline: NO_DEADLINE, idle, lanes: 8 }),
    runs: createRuns({ url: urls.journal, deadline, idle }),
    ...{ bundled: manifest.models, list, prepared, kept, notes, threads: options.threads },
    host: {
      ...{ deadline, idle, download, workers: options.workers, memory: memoryForWeights() },
      checkEvery: options.checkEvery,
      pixels: new Pixels({ url: urls.pixels, deadline, idle: Math.min(idle, PIXELS_IDLE) }),
      ...{ inference: urls.inference, models: urls.models },
      runtime: (backend) => runtimes.for(backend),
      spare,
      gpuLosses: new GpuLosses(),
    },
  }).winnow();
}
