/** Measurements against peers: npm run bench -- [<name>] [options]. Without a name: everything beside its peers. */
import { benchApp } from '../e2e/bench/app/bench';
import { benchBatch } from '../e2e/bench/batch/bench';
import { benchCompare } from '../e2e/bench/compare/bench';
import { benchExactness } from '../e2e/bench/exactness/bench';
import { benchInstall } from '../e2e/bench/install/bench';
import { benchPrepare } from '../e2e/bench/prepare/bench';
import { benchProfile } from '../e2e/bench/profile/bench';
import { benchStarter } from '../e2e/bench/starter/bench';
import { benchTriage } from '../e2e/bench/triage/bench';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  starter: benchStarter,
  app: benchApp,
  exactness: benchExactness,
  prepare: benchPrepare,
  install: benchInstall,
  compare: benchCompare,
  batch: benchBatch,
  profile: benchProfile,
  triage: benchTriage,
};

const given = process.argv.slice(2);
const [name, ...args] = given[0] === undefined || given[0].startsWith('--') ? ['compare', ...given] : given;
const bench = name !== undefined && Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (!bench) {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 2;
} else {
  await bench(args);
}
