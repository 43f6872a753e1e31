/** @huggingface/transformers 4.3 against the same server, for comparison. */
import { join } from 'node:path';
import { startHarness } from '../../golden-nsfwjs/harness';
import { peak, resetPeak } from '../prepare/renderer';
import { REPO, type Stage } from './ours';

export interface PeerMeasured {
  readonly megabytesPerSecond: number;
  /** As for ours. */
  readonly memory: number;
}

export async function measurePeer(stage: Stage, path: string, bytes: number): Promise<PeerMeasured> {
  const root = join(import.meta.dirname, 'peer');
  const harness = await startHarness({ root, files: new Map(), isolated: true });
  try {
    const page = await stage.visit(harness.url);
    await page.waitForFunction(() => 'fetchPeer' in globalThis);
    const before = peak(stage.profile);
    resetPeak(stage.profile);
    const what = { endpoint: stage.hub.endpoint, repo: REPO, revision: stage.hub.commit(REPO), path };
    const milliseconds = await page.evaluate((one) => fetchPeer(one), what);
    return { megabytesPerSecond: bytes / 1e3 / milliseconds, memory: peak(stage.profile) - before };
  } finally {
    await harness.close();
  }
}
