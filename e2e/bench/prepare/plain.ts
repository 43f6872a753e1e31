/** The same network in plain ONNX Runtime Web, run in turns with ours. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startHarness } from '../../golden-nsfwjs/harness';
import { median, report } from '../report';
import { addLandscape, firstAnswer } from './ours';
import type { PlainFeed } from './peer/feed';
import type {} from './peer/page';
import { peak, resetPeak } from './renderer';
import { openStage, type Stage } from './stage';

export interface PlainModel {
  /** Below the folder of stand-ins. */
  readonly file: string;
  readonly feeds: Readonly<Record<string, PlainFeed>>;
}

interface Beside {
  readonly id: string;
  readonly text: string | undefined;
  readonly folder: string;
  readonly rounds: number;
  /** Ours ÷ plain, at most. */
  readonly limit: number | undefined;
}

const THREADS = 2;

/** `ours` is a stage whose profile holds the model. */
export async function benchPlain(ours: Stage, model: PlainModel, beside: Beside): Promise<void> {
  const { id, text, folder, rounds, limit } = beside;
  if (!existsSync(join(folder, model.file)))
    return console.log(`         (no ${model.file} to compare with)`);
  const root = join(import.meta.dirname, 'peer');
  const harness = await startHarness({
    root,
    files: new Map(),
    isolated: true,
    mounts: { standins: folder },
  });
  const stage = await openStage();
  try {
    const plain = await stage.visit(harness.url);
    await plain.waitForFunction('typeof openPlain === "function"');
    resetPeak(stage.profile);
    const opened = await plain.evaluate(([url, threads]) => openPlain(url, threads), [
      `/standins/${model.file}`,
      THREADS,
    ] as const);
    const page = await ours.enter();
    await addLandscape(page);
    await page.evaluate(async (threads) => {
      globalThis.winnow = await globalThis.sdk.createWinnow({ threads });
    }, THREADS);
    await firstAnswer(page, id, text);
    await plain.evaluate((feeds) => runPlain(feeds), model.feeds);
    const times: { ours: number; plain: number }[] = [];
    for (let round = 0; round < Math.max(7, rounds); round++)
      times.push({
        plain: await plain.evaluate((feeds) => runPlain(feeds), model.feeds),
        ours: await page.evaluate(run, [id, text] as const),
      });
    const mine = median(times.map((one) => one.ours));
    const theirs = median(times.map((one) => one.plain));
    console.log(
      `         plain ${model.file}: opened in ${Math.round(opened)} ms, peak ${Math.round(peak(stage.profile))} MB`,
    );
    const words = `run, ${THREADS} threads: ${mine.toFixed(0)} ms, plain ${theirs.toFixed(0)} ms: ${(mine / theirs).toFixed(2)} ×`;
    if (limit === undefined) console.log(`         ${words}`);
    else report(words, `at most ${limit} ×`, mine <= limit * theirs);
  } finally {
    await stage.close();
    await harness.close();
  }
}

/** In the page: milliseconds of the network's run alone. */
async function run([model, text]: readonly [string, string | undefined]): Promise<number> {
  const scores =
    text === undefined
      ? await globalThis.winnow.classifyImage(await globalThis.landscape(), { model })
      : await globalThis.winnow.classifyText(text, { model });
  if (scores.status !== 'scored') throw new Error(scores.reason);
  return scores.timings?.run ?? scores.milliseconds;
}
