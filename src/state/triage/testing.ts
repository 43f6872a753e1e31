/** Stand-ins for tests of triage: what is gathered, a batch that the test answers, and a run in memory. Of pineapples. */
import { type Mock, vi } from 'vitest';
import type { Scores } from '../../core/policy';
import { testHeader } from '../../core/triage/testing';
import type { RunHeader } from '../../core/triage/types';
import type { Batch, BatchItem, BatchOptions, BatchSummary } from '../../sdk/batch/types';
import { FailedError } from '../../sdk/errors';
import type { GatheredItem } from '../../sdk/input-types';
import { Sieve } from '../../sdk/triage';
import type { Keeping } from '../../sdk/triage/keeper';
import { OpenRun } from '../../sdk/triage/run';
import type { Winnow } from '../../sdk/types';
import { Screening, type ScreeningOptions } from './screening';

export { Sieve };

/** What was dropped: `count` pictures called fruit-1.png and so on. */
export function gatheredItems(count: number, more: Partial<GatheredItem> = {}): GatheredItem[] {
  return Array.from({ length: count }, (_, ordinal) => ({
    ...{
      ordinal,
      kind: 'image' as const,
      name: `fruit-${ordinal + 1}.png`,
      path: `fruit/fruit-${ordinal + 1}.png`,
    },
    ...{ bytes: 100 + ordinal, modified: 5, from: { kind: 'file' as const } },
    open: async () => new Blob([`picture ${ordinal}`]),
    ...more,
  }));
}

export async function* gathering(...batches: readonly GatheredItem[][]) {
  yield* batches;
}

/** P(pineapple) is `value`. */
export function fruitScores(value: number, more: Partial<Scores> = {}): Scores {
  return {
    ...{ status: 'scored', model: 'm', labels: ['plain', 'pineapple'], probabilities: [1 - value, value] },
    coverage: { unit: 'whole', checked: 1, total: 1 },
    ...{ backend: 'wasm', precision: 'exact', milliseconds: 3 },
    ...more,
  };
}

export class FakeBatch implements Batch {
  readonly items: BatchItem[] = [];
  readonly first: string[][] = [];
  readonly calls: string[] = [];
  readonly done: Promise<BatchSummary>;
  finish: () => void = () => {};
  fail: (thrown: unknown) => void = () => {};

  constructor(readonly options: BatchOptions) {
    this.done = new Promise((resolve, reject) => {
      this.finish = () => resolve({ done: 0, total: 0, failed: 0, cancelled: false, milliseconds: 1 });
      this.fail = reject;
    });
  }
  add = (items: readonly BatchItem[]) => void this.items.push(...items);
  next = (ids: readonly string[]) => void this.first.push([...ids]);
  end = () => void this.calls.push('end');
  pause = () => void this.calls.push('pause');
  resume = () => void this.calls.push('resume');
  cancel = () => {
    this.calls.push('cancel');
    this.finish();
  };

  /** The model's answer to an item. `bytes`: equal ones have equal hashes. */
  answer(id: string, scores: Scores, bytes = id): void {
    const sha256 = bytes === '' ? '' : bytes.padStart(64, '0');
    this.options.onResult({ id, model: scores.model, sha256, bytes: 100, scores });
  }
}

/** A browser that keeps nothing, unless it is told to fail otherwise. */
export class FakeKeeping implements Keeping {
  fails = new FailedError('storage-unavailable', 'Nothing is kept here.');
  run = (): Promise<never> => Promise.reject(this.fails);
  news(): void {}
  onChange = () => () => {};
}

export interface Stage {
  readonly screening: Screening;
  readonly batch: () => FakeBatch;
  /** To a screen reader, and by a toast that offers nothing. */
  readonly said: string[];
  readonly keeping: FakeKeeping;
  /** Of downloads in part: none, unless the test says otherwise. */
  readonly winnow: {
    readonly downloads: Mock<Winnow['downloads']>;
    readonly removeDownloads: Mock<Winnow['removeDownloads']>;
  };
  /** Pictures that were decoded for the screen so far. */
  readonly previews: () => number;
}

/** A run in memory, and a screen that draws at once. `kept`: it is written down as `keeping` says. */
export function stage(
  header: RunHeader = testHeader(),
  kept = false,
  run?: OpenRun,
  more: Pick<ScreeningOptions, 'handedOut'> = {},
): Stage {
  const said: string[] = [];
  const keeping = new FakeKeeping();
  const winnow: Stage['winnow'] = {
    downloads: vi.fn(async () => []),
    removeDownloads: vi.fn(async () => {}),
  };
  let batch: FakeBatch | undefined;
  let previews = 0;
  const screening = new Screening(run ?? OpenRun.fresh(keeping, header, kept), {
    winnow: {
      ...winnow,
      batch: (options) => {
        batch = new FakeBatch(options);
        return batch;
      },
      preview: async () => {
        previews += 1;
        return {
          ...{ bitmap: { close() {} } as ImageBitmap, width: 1, height: 1, format: 'PNG' },
          ...{ animated: false, notes: [] },
        };
      },
    },
    announcer: { say: (words) => void said.push(words), alarm: (words) => void said.push(words) },
    ...{ settle: 0, sort: 0, ...more },
  });
  screening.decisions.said.subscribe(() => {
    const { can, text = '' } = screening.decisions.said.get() ?? {};
    if (can === 'nothing') said.push(text);
  });
  return { screening, said, keeping, winnow, batch: () => batch!, previews: () => previews };
}

/** `values`: P(pineapple) of each of as many pictures, all judged. */
export async function judgedStage(
  values: readonly number[],
  header?: RunHeader,
  kept = false,
): Promise<Stage> {
  const made = stage(header, kept);
  await made.screening.begin(gathering(gatheredItems(values.length)), new AbortController());
  values.forEach((value, at) => {
    made.batch().answer(`i${at + 1}`, fruitScores(value));
  });
  made.batch().finish();
  await drawn();
  return made;
}

/** After everything that was gathered for the screen has been drawn: turns of the event loop, however long they take. */
export async function drawn(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}
