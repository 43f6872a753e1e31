/** The samples of `decisions.spec.ts`, for as long as it takes. */
import { parseArgs } from 'node:util';
import { tableByKeyboard } from './by-keyboard';
import { type DecisionTally, runDecisionKills, runImportKills } from './kills';

function options(args: readonly string[], count: string): { count: number; seed: number } {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string', default: count }, seed: { type: 'string', default: '1' } },
  });
  return { count: Number(values.count), seed: Number(values.seed) };
}

/** `--count 200 --seed 1`: browsers killed while decisions are made; 0 when no saved one was lost. */
export async function soakDecisions(args: readonly string[]): Promise<number> {
  const { count, seed } = options(args, '200');
  let said = 0;
  const onKill = ({ problems, kills, saved, youngest }: DecisionTally) => {
    for (; said < problems.length; said++) console.log(`WRONG  ${problems[said]}`);
    if (kills % 10 === 0 || kills === count)
      console.log(
        `${kills} of ${count}, ${problems.length} wrong; ${saved} saved, the youngest ${youngest} ms before a kill`,
      );
  };
  const tally = await runDecisionKills(seed, count, { onKill });
  return tally.problems.length === 0 ? 0 : 1;
}

/** `--count 100 --seed 1`: browsers killed while a run is imported; 0 when each left all of it or nothing. */
export async function soakImports(args: readonly string[]): Promise<number> {
  const { count, seed } = options(args, '100');
  const { problems } = await runImportKills(seed, count, (done, kept, wrong) => {
    if (done % 10 === 0 || done === count)
      console.log(`${done} of ${count}, ${wrong.length} wrong; ${kept} were over`);
  });
  for (const problem of problems) console.log(`WRONG  ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

/** `--count 10 --items 50 --seed 1`: the same table from a run by keyboard whose browser died so many times as from one without. */
export async function soakTriage(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '10' },
      items: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [kills, items, seed] = [values.count, values.items, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const whole = await tableByKeyboard({ items, kills: 0, seed });
  const onKill = (died: number, decided: number) => console.log(`${died} of ${kills}, ${decided} decided`);
  const killed = await tableByKeyboard({ items, kills, seed, onKill });
  const same = whole === killed;
  console.log(same ? `the same ${items} lines` : `WRONG\n${whole}\n--\n${killed}`);
  return same ? 0 : 1;
}
