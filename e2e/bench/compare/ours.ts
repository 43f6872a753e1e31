/** Winnow as any page uses it: the SDK of the build in dist/. */
import type { Page } from '@playwright/test';
import type { ModelCard, Progress } from '../../../src/sdk';
import type { Stage } from '../prepare/stage';
import type { Contender, Item, Material, Times } from './contender';
import type { OurModel } from './subjects';
import { openWeb } from './web';

export function openOurs(
  model: OurModel,
  what: string,
  material: Material,
  threads: number,
  files: readonly string[],
): Promise<Contender> {
  const id = typeof model.card === 'string' ? model.card : model.card.id;
  return openWeb({
    ...{ name: 'Winnow', what, material, threads },
    ...(files.length > 0 && { install: (stage: Stage) => install(stage, model, files) }),
    async enter(stage) {
      const page = await stage.enter();
      await page.evaluate(takePart, [id, threads] as const);
      return page;
    },
  });
}

/** The model's files, prepared into the browser's storage. */
async function install(stage: Stage, { card, precision }: OurModel, files: readonly string[]): Promise<void> {
  const page: Page = await stage.enter();
  await page.setInputFiles('input[type=file]', [...files]);
  await page.evaluate(
    async ([model, flavour]) => {
      const winnow = await sdk.createWinnow();
      const picked = [...document.querySelector('input')!.files!];
      const onProgress = (_: Progress) => undefined;
      await winnow.install(model as string | ModelCard, {
        files: picked,
        onProgress,
        ...(flavour && { precision: flavour }),
      });
      await winnow.close();
    },
    [card, precision] as const,
  );
  await stage.leave();
}

/** In the page. */
function takePart([model, threads]: readonly [string, number]): void {
  const once = async (item: Item): Promise<Times> => {
    const began = performance.now();
    const scores =
      typeof item === 'string'
        ? await globalThis.winnow.classifyText(item, { model })
        : await globalThis.winnow.classifyImage(item, { model });
    const whole = performance.now() - began;
    if (scores.status !== 'scored') throw new Error(scores.reason);
    const { timings, probabilities } = scores;
    const decoded = whole - (timings?.decode ?? 0);
    return { whole, decoded, ...(timings && { run: timings.run }), probabilities };
  };
  globalThis.contest = {
    async open() {
      globalThis.winnow ??= await globalThis.sdk.createWinnow({ threads });
      await globalThis.winnow.open(model);
    },
    close: () => globalThis.winnow.release(model),
    once,
    batch: (items) => Promise.all(items.map(once)),
  };
}
