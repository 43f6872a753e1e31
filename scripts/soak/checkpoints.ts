/** Damaged checkpoints, very many of them: `npm run soak -- checkpoints [--count n] [--format name|all] [--seed n]`. */
import { parseArgs } from 'node:util';
import { campaign } from './campaign';
import { FORMATS } from './formats';

/** Prints what became of them; 0 when all ended as they must. */
export async function soakCheckpoints(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '100000' },
      format: { type: 'string', default: 'all' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  });
  const chosen = Object.entries(FORMATS).filter(
    ([name]) => values.format === 'all' || values.format === name,
  );
  if (chosen.length === 0) {
    console.error(`Say which format: ${Object.keys(FORMATS).join(', ')}, all.`);
    return 2;
  }
  let problems = 0;
  for (const [name, format] of chosen) {
    const start = performance.now();
    const progress = (done: number) => console.log(`${name}: ${done} of ${values.count}`);
    const report = await campaign(format, {
      count: Number(values.count),
      seed: Number(values.seed),
      progress,
    });
    const seconds = (performance.now() - start) / 1000;
    console.log(`${name}: ${values.count} files, seed ${values.seed}, ${seconds.toFixed(1)} s`);
    for (const [ending, count] of report.endings) console.log(`${String(count).padStart(9)}  ${ending}`);
    const { slowest } = report;
    console.log(`  slowest: ${slowest.milliseconds.toFixed(1)} ms, seed ${slowest.seed}`);
    for (const problem of report.problems.slice(0, 20)) console.log(`WRONG  ${problem}`);
    problems += report.problems.length;
  }
  return problems === 0 ? 0 : 1;
}
