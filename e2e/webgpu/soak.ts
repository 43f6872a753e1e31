/** Sessions for as long as it takes: models switched and opened again and again, and many items through each. */
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { startHarness } from '../golden-nsfwjs/harness';
import { WEBGPU } from '../support/webgpu';
import { type Case, cases } from './networks';

/** Of a model's memory after so many items to that after the first fifty. */
const GROWTH = 1.1;

/** `--count 1000 --switches 20 --opens 50 --long`: 0 when every answer was that of a fresh start, and memory stayed. */
export async function soakEngines(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '1000' },
      switches: { type: 'string', default: '20' },
      opens: { type: 'string', default: '50' },
      long: { type: 'boolean', default: false },
    },
  });
  const networks = await cases(values.long);
  const files = await Promise.all(networks.map(({ files: make }) => make('exact')));
  const harness = await startHarness({
    ...{ root: import.meta.dirname, files: new Map(files.flat()), isolated: true },
  });
  const browser = await chromium.launch(WEBGPU.launchOptions);
  let problems = 0;
  const say = (holds: boolean, what: string) => {
    if (!holds) problems += 1;
    console.log(`${holds ? '      ' : 'WRONG '} ${what}`);
  };
  try {
    const page = await browser.newPage();
    await page.goto(harness.url);
    await page.waitForFunction('window.start !== undefined');
    for (const backend of ['wasm', 'webgpu'] as const) {
      const switched = await switching(page, backend, Number(values.switches));
      say(
        switched === 2,
        `${backend}: ${values.switches} switches between two models gave ${switched} answers`,
      );
      const opened = await switching(page, backend, Number(values.opens), 1);
      say(opened === 1, `${backend}: opened ${values.opens} times, ${opened} answers`);
      for (const one of networks) {
        const { different, early, late } = await repeat(page, backend, one, Number(values.count));
        say(different === 0, `${backend}, ${one.name}: ${different} of ${values.count} answers differed`);
        say(
          late <= GROWTH * early,
          `${backend}, ${one.name}: ${mib(early)} after fifty, ${mib(late)} after all`,
        );
      }
    }
  } finally {
    await browser.close();
    await harness.close();
  }
  return problems === 0 ? 0 : 1;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** How many kinds of answer came, each in a fresh worker. */
async function switching(page: Page, backend: 'wasm' | 'webgpu', times: number, models = 2): Promise<number> {
  const answers = await page.evaluate(
    async ([which, names, count]) =>
      (await window.start(which)).switching(names, 'pixels', [1, 3, 64, 64], count),
    [backend, ['timm-vit', 'hf-vit'].slice(0, models), times] as const,
  );
  return new Set(answers).size;
}

function repeat(page: Page, backend: 'wasm' | 'webgpu', { name, input, inputs }: Case, times: number) {
  return page.evaluate(
    async ([which, network, feed, dims, count]) => {
      const worker = await window.start(which);
      await worker.open(network, 'exact');
      return worker.repeat(network, 'exact', feed, dims, count);
    },
    [backend, name, input, inputs[0]!.dims, times] as const,
  );
}
