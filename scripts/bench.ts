/** Measurements against peers: npm run bench -- <name> [options] */
import { benchApp } from '../e2e/bench/app/bench';
import { benchCompare } from '../e2e/bench/compare/bench';
import { benchInstall } from '../e2e/bench/install/bench';
import { benchPrepare } from '../e2e/bench/prepare/bench';
import { benchStarter } from '../e2e/bench/starter/bench';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  starter: benchStarter,
  app: benchApp,
  prepare: benchPrepare,
  install: benchInstall,
  compare: benchCompare,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (!bench) {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 2;
} else {
  await bench(args);
}
