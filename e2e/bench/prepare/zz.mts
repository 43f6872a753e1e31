import { execSync } from 'node:child_process';
import { addLandscape, firstAnswer, install } from './ours';
import { openStage } from './stage';

const id = process.env.ID!;
const text = process.env.TEXT;
const stage = await openStage();
try {
  const du = () =>
    execSync(
      `find ${stage.profile} -path '*Code Cache*' -type f | tr '\\n' '\\0' | xargs -0 ls -la | awk '{print $5,$9}' | sort -rn | head -5; du -s "${stage.profile}/Default/Code Cache/wasm"`,
    ).toString();
  let page = await stage.enter();
  await addLandscape(page);
  console.log(await install(page, id, process.argv.slice(2)));
  console.log('answer', await firstAnswer(page, id, text));
  for (let i = 0; i < 2; i++) await firstAnswer(page, id, text);
  await page.waitForTimeout(8000);
  console.log(du());
  for (let r = 0; r < 4; r++) {
    page = await stage.enter();
    page.on('console', (m) => m.text().startsWith('T ') && console.log(m.text()));
    await addLandscape(page);
    console.log('again', await firstAnswer(page, id, text));
    for (let i = 0; i < 2; i++) await firstAnswer(page, id, text);
    await page.waitForTimeout(5000);
    console.log(du());
  }
} finally {
  await stage.close();
}
