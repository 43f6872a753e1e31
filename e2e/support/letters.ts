/** Where none of the usual fonts is there, browsers take what is: such as DejaVu Sans, whose words are a sixth longer. */
import type { Page } from '@playwright/test';

/** Sets the page in wide letters. On a machine without that font, the usual one is set as wide. */
export async function widen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { style } = document.documentElement;
    const context = new OffscreenCanvas(1, 1).getContext('2d')!;
    const length = (font: string) => {
      context.font = `100px ${font}`;
      return context.measureText('Needs specialist review').width;
    };
    const usual = getComputedStyle(document.body).fontFamily;
    if (length('"DejaVu Sans"') > 1.1 * length(usual)) style.setProperty('--font', '"DejaVu Sans"');
    else style.letterSpacing = '0.08em';
  });
}

/** Back to the usual letters. */
export async function narrow(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { style } = document.documentElement;
    for (const name of ['--font', 'letter-spacing']) style.removeProperty(name);
  });
}
