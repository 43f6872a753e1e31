/**
 * Long runs, by name: `npm run soak -- images [files] [seed]`,
 * `npm run soak -- checkpoints [--count n] [--format name] [--seed n]`, and with `[--count n] [--seed n]`
 * `inputs` (archives and tables),
 * `downloads` (faults of the server), `kills` (of downloads), `installs` (killed), `stored` (chunks that changed),
 * `decisions` and `imports` of runs (killed), `triage` (by keyboard alone, killed; also [--items n]);
 * `npm run soak -- engines [--count n] [--switches n] [--opens n] [--long]` (networks on WASM and on WebGPU);
 * `npm run soak -- sessions [--items n] [--switches n] [--opens n]` (memory and answers over long sessions).
 */
import { soakSessions } from '../e2e/batch/soak';
import { soakDownloads, soakInstalls, soakKills, soakStored } from '../e2e/downloads/soak';
import { soakImages } from '../e2e/hostile/soak';
import { soakDecisions, soakImports, soakTriage } from '../e2e/triage/soak';
import { soakEngines } from '../e2e/webgpu/soak';
import { soakCheckpoints } from './soak/checkpoints';
import { soakInputs } from './soak/inputs';

const RUNS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  images: soakImages,
  downloads: soakDownloads,
  kills: soakKills,
  installs: soakInstalls,
  stored: soakStored,
  decisions: soakDecisions,
  imports: soakImports,
  triage: soakTriage,
  checkpoints: soakCheckpoints,
  engines: soakEngines,
  sessions: soakSessions,
  inputs: soakInputs,
};

const [name = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
if (run === undefined) {
  console.error(`Say which: ${Object.keys(RUNS).join(', ')}.`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(args);
}
