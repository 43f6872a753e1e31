/** @huggingface/transformers 4.3, and the least that a page could do, against the same server, for comparison. */
import { join } from 'node:path';
import { startHarness } from '../../golden-nsfwjs/harness';
import { cpuSeconds, memoryOf } from '../prepare/renderer';
import { REPO, type Stage } from './ours';

export interface PeerMeasured {
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  /** As for ours. */
  readonly memory: number;
  readonly cpuSecondsPerGigabyte: number;
  /** Until what was stored is in memory once more. */
  readonly againSeconds: number;
  readonly againMegabytesPerSecond: number;
}

/** What a page of a harness of its own does with the file: `peer` as the library does, `raw` fetched, hashed and stored only. */
export async function measurePeer(
  stage: Pick<Stage, 'hub' | 'profile' | 'visit'>,
  { repo = REPO, path, bytes }: { readonly repo?: string; readonly path: string; readonly bytes: number },
  how: 'peer' | 'raw' = 'peer',
): Promise<PeerMeasured> {
  const root = join(import.meta.dirname, 'peer');
  const harness = await startHarness({ root, files: new Map(), isolated: true });
  try {
    const page = await stage.visit(harness.url);
    await page.waitForFunction(() => 'fetchPeer' in globalThis);
    const what = { endpoint: stage.hub.endpoint, repo, revision: stage.hub.commit(repo), path };
    const fetching = () =>
      how === 'peer'
        ? page.evaluate((one) => fetchPeer(one), what)
        : page.evaluate((one) => fetchRaw(one), what);
    const worked = cpuSeconds(stage.profile);
    const { done: milliseconds, memory } = await memoryOf(stage.profile, fetching);
    const cpuSecondsPerGigabyte = (cpuSeconds(stage.profile) - worked) / (bytes / 1e9);
    const again = how === 'peer' ? await fetching() : await page.evaluate(() => readRaw());
    return {
      ...{ seconds: milliseconds / 1e3, megabytesPerSecond: bytes / 1e3 / milliseconds },
      ...{ memory, cpuSecondsPerGigabyte },
      ...{ againSeconds: again / 1e3, againMegabytesPerSecond: bytes / 1e3 / again },
    };
  } finally {
    await harness.close();
  }
}
