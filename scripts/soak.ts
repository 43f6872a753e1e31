/**
 * Long runs, by name: `npm run soak -- images [files] [seed]`,
 * `npm run soak -- checkpoints [--count n] [--format name] [--seed n]`, and with `[--count n] [--seed n]`
 * `downloads` (faults of the server), `kills` (of downloads), `installs` (killed), `stored` (chunks that changed).
 */
import { soakDownloads, soakInstalls, soakKills, soakStored } from '../e2e/downloads/soak';
import { soakImages } from '../e2e/hostile/soak';
import { soakCheckpoints } from './soak/checkpoints';

const RUNS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  images: soakImages,
  downloads: soakDownloads,
  kills: soakKills,
  installs: soakInstalls,
  stored: soakStored,
  checkpoints: soakCheckpoints,
};

const [name = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
if (run === undefined) {
  console.error(`Say which: ${Object.keys(RUNS).join(', ')}.`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(args);
}
