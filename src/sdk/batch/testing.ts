/** A model that answers when the test says so, and what a batch over it gave. */
import type { ModelCard } from '../../catalog/card';
import { CancelledError } from '../../core/errors';
import type { Scores } from '../../core/policy/types';
import { untilBegun } from '../turn';
import { type BatchDeps, startBatch } from './batch';
import { ScoreCache } from './cache';
import type { Asked, BatchModel } from './model';
import type { Batch, BatchOptions, BatchProgress, BatchResult } from './types';

export const scoresOf = (model: string, content: string | Blob, more: Partial<Scores> = {}): Scores => ({
  ...{ status: 'scored', model, labels: ['length'], backend: 'wasm', precision: 'exact', milliseconds: 1 },
  probabilities: [1 / (1 + (typeof content === 'string' ? content.length : content.size))],
  coverage: { unit: 'whole', checked: 1, total: 1 },
  ...more,
});

/** Begins with `slots` items at a time; each waits for `answer`, unless `answering` is set. */
export class FakeModel implements BatchModel {
  readonly cache = new ScoreCache();
  readonly card: ModelCard;
  readonly inputBytes = 100;
  flavour: BatchModel['flavour'] = { backend: 'wasm', precision: 'exact' };
  appetite = 4;
  slots = 1;
  /** Contents that were begun with, in order. */
  readonly begun: (string | Blob)[] = [];
  withdrawn = 0;
  /** Bytes that it says its tensors took. */
  taking: number | undefined;
  answering: ((content: string | Blob) => Scores) | undefined;
  private running: ((scores?: Scores) => void)[] = [];
  private waiting: (() => void)[] = [];

  constructor(id: string, task: 'image' | 'text' = 'text') {
    this.card = { id, name: id, task, labels: [{ name: 'length' }] } as unknown as ModelCard;
  }

  score(content: string | Blob, { signal, until, took }: Asked): Promise<Scores> {
    if (this.taking !== undefined) took?.(this.taking);
    const work = async (begin: () => void) => {
      if (this.running.length >= this.slots) await new Promise<void>((go) => this.waiting.push(go));
      try {
        begin();
        this.begun.push(content);
        return await new Promise<Scores>((resolve, reject) => {
          const withdraw = () => reject(new CancelledError());
          signal.addEventListener('abort', withdraw, { once: true });
          const own = this.answering?.(content) ?? scoresOf(this.card.id, content);
          this.running.push((scores = own) => {
            signal.removeEventListener('abort', withdraw);
            resolve(scores);
          });
          if (this.answering) setTimeout(() => this.answer());
        });
      } catch (error) {
        this.withdrawn += 1;
        throw error;
      } finally {
        this.waiting.shift()?.();
      }
    };
    return untilBegun(work, until);
  }

  /** Ends what was begun first. */
  answer(scores?: Scores): void {
    this.running.shift()?.(scores);
  }
}

export interface Stage {
  readonly batch: Batch;
  readonly results: BatchResult[];
  readonly progress: BatchProgress[];
}

export function stage(
  models: readonly FakeModel[],
  options: Partial<BatchOptions> = {},
  deps: Partial<BatchDeps> = {},
): Stage {
  const results: BatchResult[] = [];
  const progress: BatchProgress[] = [];
  const batch = startBatch(
    {
      models: models.map(({ card }) => card.id),
      onResult: (result) => results.push(result),
      onProgress: (each) => progress.push(each),
      ...options,
    },
    {
      model: (id) => models.find(({ card }) => card.id === id)!,
      deadline: 1_000,
      closed: new AbortController().signal,
      ...deps,
    },
  );
  return { batch, results, progress };
}

export const ids = (results: readonly BatchResult[]): string[] => results.map(({ id }) => id);

/** Texts named by number, each of its own length. */
export const texts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ id: `${from + at}`, content: 'x'.repeat(1 + from + at) }));
