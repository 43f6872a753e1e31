/** What is left behind: nothing of the content, in storage, address, title or console. */
import { kept } from '../models-view/stage';
import { drop, GREEN, plain, RED } from './files';
import { expect, judgedAll, open, prompt, test, verdict } from './stage';

// Where it is blocked the browser says so in the console.
test.use({ serviceWorkers: 'allow' });

test('C05, X08: after pictures and prompts there is no content in storage, address, title or console', async ({
  page,
  stage,
}) => {
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await open(page, stage.url);
  await prompt(page).fill('canary pineapple');
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  await drop(
    page,
    Array.from({ length: 12 }, (_, at) => plain(`canary-${at}.png`, at % 2 ? RED : GREEN)),
  );
  await judgedAll(page, 12);
  await page.getByRole('slider', { name: 'Block from, red' }).focus();
  await page.keyboard.press('End');
  await page.waitForTimeout(600);
  const left = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: (await indexedDB.databases()).map((each) => each.name),
    caches: await caches.keys(),
    cookies: document.cookie,
    title: document.title,
    address: location.href,
  }));
  expect(JSON.stringify(left)).not.toMatch(/canary/);
  expect(Object.keys(left.local)).toEqual(['winnow.bench.1']);
  expect(Object.keys(JSON.parse(left.local['winnow.bench.1']!)).sort()).toEqual(['policy', 'version']);
  // Where installed models are kept comes with the first of them.
  expect(left).toMatchObject({ session: {}, databases: [], cookies: '' });
  // The build's own files, when this took longer than they wait.
  expect(left.caches.filter((name) => name !== 'winnow-build')).toEqual([]);
  expect(await kept(page)).toEqual([]);
  expect(said).toEqual([]);
});
