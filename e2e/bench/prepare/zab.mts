import { addLandscape, firstAnswer, install } from './ours';
import { openStage } from './stage';

const id = process.env.ID!;
const text = process.env.TEXT;
const rounds = Number(process.env.ROUNDS ?? 5);
const dirs = process.env.DIRS!.split(',');
const stages = [];
for (const dir of dirs) {
  const stage = await openStage(dir);
  const page = await stage.enter();
  await addLandscape(page);
  const { milliseconds } = await install(page, id, process.argv.slice(2));
  console.log(
    dir,
    'install',
    Math.round(milliseconds),
    'answer',
    Math.round(await firstAnswer(page, id, text)),
  );
  await page.waitForTimeout(3000);
  await stage.leave();
  stages.push({ dir, stage, again: [] as number[], next: [] as number[] });
}
for (let r = 0; r < rounds; r++)
  for (const s of stages) {
    const page = await s.stage.enter();
    page.on('console', (m) => m.text().startsWith('T ') && console.log(m.text()));
    await addLandscape(page);
    s.again.push(await firstAnswer(page, id, text));
    const runs = [];
    for (let i = 0; i < 5; i++) runs.push(await firstAnswer(page, id, text));
    s.next.push(runs.sort((a, b) => a - b)[2]!);
    await page.waitForTimeout(2500);
    await s.stage.leave();
  }
const med = (v: number[]) => Math.round([...v].sort((a, b) => a - b)[v.length >> 1]!);
for (const s of stages) {
  console.log(s.dir, 'again', med(s.again), s.again.map(Math.round).join(' '), 'steady', med(s.next));
  await s.stage.close();
}
