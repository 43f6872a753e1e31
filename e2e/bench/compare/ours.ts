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
  args?: readonly string[],
): Promise<Contender> {
  const id = typeof model.card === 'string' ? model.card : model.card.id;
  return openWeb({
    ...{ name: model.backend ? 'Winnow, WebGPU' : 'Winnow', what, material, threads, args },
    ...(files.length > 0 && { install: (stage: Stage) => install(stage, model, files) }),
    async enter(stage) {
      const page = await stage.enter();
      await page.evaluate(takePart, [id, threads, model.backend] as const);
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
function takePart([model, threads, backend]: readonly [string, number, 'webgpu' | undefined]): void {
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
      // WASM, also where WebGPU would be chosen: it has a row of its own.
      await globalThis.winnow.prefer(model, backend ?? 'wasm');
      const opened = await globalThis.winnow.open(model);
      if (opened.backend !== (backend ?? 'wasm'))
        throw new Error(opened.why ?? `Opened on ${opened.backend}.`);
    },
    close: () => globalThis.winnow.release(model),
    once,
    async batch(items) {
      const failed: string[] = [];
      const batch = globalThis.winnow.batch({
        models: [model],
        onResult: ({ scores }) => {
          if (scores.status !== 'scored') failed.push(scores.reason ?? '');
        },
      });
      batch.add(items.map((content, at) => ({ id: String(at), content })));
      batch.end();
      await batch.done;
      if (failed.length > 0) throw new Error(failed[0]);
    },
  };
}
