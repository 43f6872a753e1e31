import { expect, test, withStoppedClock } from './serve';
import { leastOfThree, longestTask } from './timing';

test('a score row is spoken with its band and its lines, and hides no missing score', async ({
  page,
  gallery,
}) => {
  await gallery('?state=scores');
  const rows = page.locator('.score');
  await expect(rows.nth(2).locator('.score__value')).toHaveText(
    '0.91, Block band; review from 0.45, block from 0.70',
  );
  await expect(rows.nth(4).locator('.score__value')).toHaveText('0.78');
  await expect(rows.nth(5).locator('.score__value')).toHaveText('–no score');
  await expect(rows.nth(5).locator('.track__fill')).toBeHidden();
});

test('the palette filters, runs by keyboard, and Esc gives focus back', async ({ page, gallery }) => {
  await gallery('?state=palette');
  const opener = page.getByRole('button', { name: 'Open the palette' });
  await opener.press('Enter');
  const box = page.getByRole('combobox', { name: 'Find a command or a model' });
  await expect(box).toBeFocused();
  await page.keyboard.type('thr');
  await expect(page.getByRole('option')).toHaveCount(4);
  await page.keyboard.press('ArrowUp');
  const active = await box.getAttribute('aria-activedescendant');
  await expect(page.getByRole('option', { selected: true })).toHaveAttribute('id', active!);
  await expect(page.getByRole('option', { selected: true })).toContainText('harbour-fair');
  await page.keyboard.type('zzz');
  await expect(page.getByText('Nothing here is called that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
  await opener.press('Enter');
  await expect(box).toHaveValue('');
  await page.keyboard.press('Enter');
  await expect(opener).toBeFocused();
});

test('a dialog keeps focus inside, closes on Esc and on the backdrop, and gives focus back', async ({
  page,
  gallery,
}) => {
  await gallery('?state=dialog-models');
  const opener = page.getByRole('button', { name: 'Open models' });
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Models on the bench' });
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(
      () => document.activeElement !== document.body && !document.activeElement?.closest('dialog'),
    );
    expect(outside).toBe(false);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await page.mouse.click(5, 5);
  await expect(dialog).toBeHidden();
});

test('Y04: a message is said politely, fades after 10 s, and is held by hover and by focus', async ({
  page,
  gallery,
}) => {
  await withStoppedClock(page, () => gallery('?state=toast'));
  await page.getByRole('button', { name: 'Show a message' }).click();
  await expect(page.getByRole('status')).toContainText('blocked');
  await expect(page.getByRole('alert')).toBeEmpty();
  await page.locator('.toast').hover();
  await page.clock.runFor(30_000);
  await expect(page.locator('.toast')).toBeVisible();
  await page.mouse.move(5, 5);
  await page.getByRole('button', { name: 'Undo' }).focus();
  await page.clock.runFor(30_000);
  await expect(page.locator('.toast')).toBeVisible();
  await page.getByRole('button', { name: 'Show a message' }).focus();
  await page.clock.runFor(9_900);
  await expect(page.locator('.toast')).toBeVisible();
  await page.clock.runFor(200);
  await expect(page.locator('.toast')).toHaveCount(0);
});

test('Y04: a failure is said at once and does not fade', async ({ page, gallery }) => {
  await withStoppedClock(page, () => gallery('?state=toast'));
  await page.getByRole('button', { name: 'Show a failure' }).click();
  await expect(page.getByRole('alert')).toContainText('Not saved');
  await page.clock.runFor(120_000);
  await expect(page.locator('.toast')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.locator('.toast')).toHaveCount(0);
});

test('prompt: both layers break lines alike, and underlines change no width', async ({ page, gallery }) => {
  for (const width of [1440, 700, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const state of ['prompt-marks', 'prompt-windows', 'prompt-rtl']) {
      await gallery(`?state=${state}`);
      const layers = await page.evaluate(() => {
        const area = document.querySelector<HTMLTextAreaElement>('.prompt__text')!;
        const mirror = document.querySelector<HTMLElement>('.prompt__mirror')!;
        return [area, mirror].map((element) => [element.clientWidth, element.scrollHeight]);
      });
      expect(layers[0], `${state} at ${width}`).toEqual(layers[1]);
    }
  }
});

test('prompt: underlines stay with their words while something is typed before them', async ({
  page,
  gallery,
}) => {
  await gallery('?state=prompt-marks');
  await page.getByRole('textbox', { name: 'Prompt' }).focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Look: ');
  await expect(page.locator('mark[data-strength="2"]')).toHaveText('sliced');
  await expect(page.locator('mark[data-strength="3"]').first()).toHaveText('pine');
});

test('prompt: hidden characters become chips, and copying from there yields the raw text', async ({
  page,
  gallery,
}) => {
  await gallery('?state=prompt-marks');
  await page.getByRole('button', { name: '1 hidden character' }).click();
  const read = page.getByRole('region', { name: 'Prompt, with hidden characters' });
  await expect(read.getByTitle('Zero width space')).toContainText('U+200B');
  const copied = await read.evaluate((element) => {
    getSelection()!.selectAllChildren(element);
    const event = new ClipboardEvent('copy', {
      bubbles: true,
      cancelable: true,
      clipboardData: new DataTransfer(),
    });
    element.dispatchEvent(event);
    return event.clipboardData!.getData('text/plain');
  });
  expect(copied).toContain('two crates of pine\u200bapple on the quay');
  await page.getByRole('button', { name: '1 hidden character' }).click();
  await expect(read).toHaveCount(0);
});

test('prompt: "Go to window 3" takes the caret there and brings it into view', async ({ page, gallery }) => {
  await gallery('?state=prompt-windows');
  await page.getByRole('button', { name: 'Go to window 3' }).click();
  const state = await page.getByRole('textbox', { name: 'Prompt' }).evaluate((element) => {
    const area = element as HTMLTextAreaElement;
    return {
      start: area.selectionStart,
      length: area.value.length,
      top: area.scrollTop,
      focused: document.activeElement === area,
    };
  });
  expect(state.focused).toBe(true);
  expect(state.start).toBeGreaterThan(state.length * 0.6);
  expect(state.top).toBeGreaterThan(100);
  await expect
    .poll(() => page.locator('.prompt__mirror').evaluate((element) => element.scrollTop))
    .toBe(state.top);
});

test('film strip: 500 pictures render only what is near, and keys reach the last', async ({
  page,
  gallery,
}) => {
  await gallery('?state=film-500');
  const options = page.getByRole('option');
  expect(await options.count()).toBeLessThan(60);
  await page.getByRole('listbox').focus();
  const longest = await longestTask(page, async () => {
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    for (let press = 0; press < 10; press += 1) await page.keyboard.press('PageUp');
  });
  expect(longest).toBeLessThan(200);
  const selected = page.getByRole('option', { selected: true });
  await expect(selected).toHaveAttribute('aria-posinset', '419');
  await expect(selected).toHaveAccessibleName('Picture 419 of 500, harbour-418.jpg, hidden, Needs review');
  await expect(selected).toBeInViewport();
  await expect(page.getByRole('listbox')).toHaveAttribute(
    'aria-activedescendant',
    (await selected.getAttribute('id'))!,
  );
});

test('drop zone: takes dropped and chosen files, and leaves dragged text alone', async ({
  page,
  gallery,
}) => {
  await gallery('?state=drop-idle');
  const drag = (type: string, text = false) =>
    page.locator('.drop').evaluate(
      (element, [name, asText]) => {
        const dataTransfer = new DataTransfer();
        if (asText) dataTransfer.setData('text/plain', 'pineapple');
        else
          for (const file of ['a.png', 'b.png'])
            dataTransfer.items.add(new File(['x'], file, { type: 'image/png' }));
        return element.dispatchEvent(
          new DragEvent(name as string, { bubbles: true, cancelable: true, dataTransfer }),
        );
      },
      [type, text] as const,
    );
  expect(await drag('dragover', true)).toBe(true);
  await expect(page.getByText('Drop or paste pictures')).toBeVisible();
  await drag('dragover');
  await expect(page.getByText('Drop 2 files to score them here')).toBeVisible();
  await drag('drop');
  await expect(page.getByText('2 files taken')).toBeVisible();
  await expect(page.getByText('Drop or paste pictures')).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files' }).click();
  await (await chooser).setFiles({ name: 'c.png', mimeType: 'image/png', buffer: Buffer.from('x') });
  await expect(page.getByText('3 files taken')).toBeVisible();
});

test('a button that is not available stays reachable, says so, and does nothing', async ({
  page,
  gallery,
}) => {
  await gallery('?state=dialog-models');
  await page.getByRole('button', { name: 'Open models' }).click();
  const add = page.getByRole('button', { name: /harbour-fair.* on the bench/ });
  await expect(add).toHaveAttribute('aria-disabled', 'true');
  await add.focus();
  await expect(add).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(add).toHaveAttribute('aria-pressed', 'false');
});

test('prompt: a million characters are edited a part at a time, and typing stays quick', async ({
  page,
  gallery,
}) => {
  test.slow();
  await gallery('?state=prompt-1mb');
  const area = page.getByRole('textbox', { name: 'Prompt' });
  const whole = page.locator('output[data-length]');
  await expect(page.getByText(/^Part 1 of 10\d$/)).toBeVisible();
  const before = Number(await whole.getAttribute('data-length'));
  await area.focus();
  const type = () => longestTask(page, () => page.keyboard.type('pineapple', { delay: 30 }));
  expect(await leastOfThree(type)).toBeLessThan(100);
  expect(Number(await whole.getAttribute('data-length'))).toBe(before + 27);
  await page.getByRole('button', { name: 'Next part' }).click();
  await expect(page.getByText(/^Part 2 of/)).toBeVisible();
  await page.getByRole('button', { name: 'Go to window 412' }).click();
  // Window 412 begins at 690,480; a part holds a little under 10,000.
  await expect(page.getByText(/^Part 70 of/)).toBeVisible();
  await expect
    .poll(() => area.evaluate((element) => (element as HTMLTextAreaElement).selectionEnd))
    .toBeGreaterThan(0);
});

test('prompt: a large paste goes into the text whole, where the caret was', async ({ page, gallery }) => {
  test.slow();
  const paste = async () => {
    await gallery('?state=prompt-marks');
    const area = page.getByRole('textbox', { name: 'Prompt' });
    await area.focus();
    await page.keyboard.press('Control+Home');
    return longestTask(page, async () => {
      await area.evaluate((element) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', 'fruit on the quay\r\n'.repeat(55_000));
        element.dispatchEvent(
          new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }),
        );
      });
      await expect(page.getByText(/^Part 1 of/)).toBeVisible();
    });
  };
  expect(await leastOfThree(paste)).toBeLessThan(200);
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue(/^fruit on the quay\nfruit/);
  await expect(page.locator('output[data-length]')).toHaveAttribute('data-length', String(143 + 55_000 * 18));
});
