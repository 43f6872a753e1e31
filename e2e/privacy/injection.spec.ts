/** Markup and script in every place where content reaches the screen. */
import { expect, type Page, test } from '@playwright/test';
import { addPictures, openBench, picture, prompt } from '../support/journey';

/** Each calls `pwned()` if anything ever runs it. */
const CALL = 'pwned()';
const HANDLERS = [
  'onerror',
  'onload',
  'onfocus autofocus',
  'ontoggle open',
  'onanimationstart',
  'onpointerenter',
];
const TAGS = ['img src=x', 'svg', 'input', 'details', 'video src=x', 'body', 'iframe', 'object data=x'];
const PAYLOADS: readonly string[] = [
  ...TAGS.flatMap((tag) => HANDLERS.map((handler) => `<${tag} ${handler.replace(/^(\w+)/, `$1=${CALL}`)}>`)),
  `<script>${CALL}</script>`,
  `"><script>${CALL}</script>`,
  `'"><img src=x onerror=${CALL}>`,
  `</textarea><script>${CALL}</script>`,
  `</title><script>${CALL}</script>`,
  `<iframe srcdoc="<script>parent.${CALL}</script>">`,
  `<iframe src="javascript:parent.${CALL}">`,
  `<a href="javascript:${CALL}">x</a>`,
  `javascript:${CALL}`,
  `<math><mtext></p><img src=x onerror=${CALL}>`,
  `<svg><animate onbegin=${CALL} attributeName=x dur=1s>`,
  `<svg><foreignObject><img src=x onerror=${CALL}></foreignObject></svg>`,
  `<style>@import 'data:text/css,*{}'</style><img src=x onerror=${CALL}>`,
  `<link rel=stylesheet href="javascript:${CALL}">`,
  `<meta http-equiv=refresh content="0;url=javascript:${CALL}">`,
  `<base href="javascript:${CALL}//">`,
  `<form action="javascript:${CALL}"><button>x`,
  `&lt;img src=x onerror=${CALL}&gt;`,
  `\${${CALL}}`,
  `{{constructor.constructor('${CALL}')()}}`,
  `=HYPERLINK("javascript:${CALL}")`,
  `\u202E<img src=x onerror=${CALL}>\u202C`,
  `%3Cimg src=x onerror=${CALL}%3E`,
  `__proto__[onerror]=${CALL}`,
];

interface Watch {
  executed: number;
  violations: string[];
}

async function watch(page: Page): Promise<() => Promise<Watch>> {
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    const state: { executed: number; violations: string[] } = { executed: 0, violations: [] };
    Object.assign(globalThis, {
      watched: state,
      pwned: () => {
        state.executed += 1;
      },
    });
    document.addEventListener('securitypolicyviolation', (event) => {
      state.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return async () => {
    const { executed, violations } = await page.evaluate(
      () => (globalThis as unknown as { watched: Watch }).watched,
    );
    return { executed: executed + dialogs, violations };
  };
}

/** Elements that only a payload could have made. */
const planted = (page: Page) =>
  page
    .locator(
      '[onerror], [onload], [onfocus], [ontoggle], iframe, object, embed, script:not([src]), [src="x"], base',
    )
    .count();

test('there are 60 strings and more', () => {
  expect(new Set(PAYLOADS).size).toBeGreaterThanOrEqual(60);
  expect(PAYLOADS.filter((payload) => !payload.includes(CALL))).toEqual([]);
});

test('X10 names of files are text, wherever they are shown', async ({ page }) => {
  test.setTimeout(180_000);
  const result = await watch(page);
  await openBench(page);
  const batches = Array.from({ length: Math.ceil(PAYLOADS.length / 12) }, (_, at) =>
    PAYLOADS.slice(at * 12, at * 12 + 12),
  );
  for (const names of batches) {
    // Every third is broken, so that the name also meets the way errors take.
    await addPictures(
      page,
      names.map((name, at) => (at % 3 === 2 ? picture(name, Buffer.from('x')) : picture(name))),
    );
    const shown = await page
      .getByRole('option')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
    for (const name of names)
      expect(
        shown.filter((label) => label.includes(name)),
        name,
      ).not.toEqual([]);
    for (const option of await page.getByRole('option').all()) await option.click();
    expect(await planted(page)).toBe(0);
    await page.getByRole('button', { name: 'Clear all pictures' }).click();
  }
  expect(await result()).toEqual({ executed: 0, violations: [] });
});

test('X10 prompts are text, in the editor and beside it', async ({ page }) => {
  test.setTimeout(180_000);
  const result = await watch(page);
  await openBench(page);
  // Six lines at a time: each is looked at as it is drawn.
  for (let from = 0; from < PAYLOADS.length; from += 6) {
    const payload = PAYLOADS.slice(from, from + 6).join('\n');
    await prompt(page).fill(payload);
    await expect(prompt(page)).toHaveValue(payload);
    // Longer than the pause before a prompt is scored, so that its marks are drawn too.
    await page.waitForTimeout(250);
    expect(await planted(page), payload).toBe(0);
  }
  expect(await result()).toEqual({ executed: 0, violations: [] });
});

test('X10 nothing in the address runs or is shown as markup', async ({ page }) => {
  const result = await watch(page);
  for (const payload of PAYLOADS.slice(-30)) {
    await page.goto(
      `#/bench?t=${encodeURIComponent(payload)}&${encodeURIComponent(payload)}=${encodeURIComponent(payload)}`,
    );
    await page.reload();
    await expect(prompt(page)).toBeVisible();
    expect(await planted(page), payload).toBe(0);
  }
  expect(await result()).toEqual({ executed: 0, violations: [] });
});

test('X10 the watch would have noticed', async ({ page }) => {
  const result = await watch(page);
  await page.goto('404.html');
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'http://leak.example/x';
    document.body.append(image);
    (globalThis as unknown as { pwned(): void }).pwned();
  });
  await expect.poll(async () => (await result()).violations.length).toBeGreaterThan(0);
  expect((await result()).executed).toBe(1);
});
