/** Items through models: whose turn it is, how many are on their way, and what comes of each. */
import { FailedError, InvalidError, type SerializedError, toWinnowError } from '../../core/errors';
import type { Scores } from '../../core/policy/types';
import { unscored } from '../../core/policy/unscored';
import { Lanes } from '../lanes';
import { Answers, kindOf } from './answers';
import { Delivered, type Delivery } from './delivered';
import type { BatchModel } from './model';
import { Queue } from './queue';
import { contentOf, expectedSize, type Hashed, hashed, sizeOf } from './read';
import { Tally } from './tally';
import type { Batch, BatchItem, BatchOptions, BatchResult, BatchSummary } from './types';

const BUDGET = 64 * 1024 * 1024;
const NOT_READ: Hashed = { sha256: '', bytes: 0 };

export interface BatchDeps {
  /** The model as it is now: it may be installed again meanwhile. Throws InvalidError for one that is not there. */
  model(id: string): BatchModel;
  /** Milliseconds that reading an item's content may take. */
  readonly deadline: number;
  /** Fires when Winnow is closed. */
  readonly closed: AbortSignal;
  /** Tells of scores that do not hold; returns the way to stop listening. */
  onWithdrawn?(listener: (scores: readonly Scores[], reason: SerializedError) => void): () => void;
}

interface Waiting {
  readonly id: string;
  readonly item: BatchItem;
  /** Models that have not answered yet; absent: all of them. */
  readonly left?: Set<string>;
}

interface Room {
  /** More than was expected is made room for now. */
  takes(what: string, bytes: number): void;
  leave(): void;
}

interface Entry extends Waiting {
  readonly left: Set<string>;
  failed: boolean;
}

/** Throws InvalidError('invalid-input') without models, or for one that is not there. */
export function startBatch(options: BatchOptions, deps: BatchDeps): Batch {
  return new Run(options, deps).batch();
}

class Run {
  private readonly queue = new Queue<Waiting>();
  private readonly underWay = new Map<string, Entry>();
  private readonly bytes: Lanes;
  private readonly delivered = new Delivered();
  private readonly models: readonly BatchModel[];
  private readonly answers: Answers;
  private readonly tally: Tally;
  private readonly hard = new AbortController();
  /** Fires when it is paused, and is replaced when it goes on. */
  private soft = new AbortController();
  private paused = false;
  private ended = false;
  private over = false;
  private finish!: (summary: BatchSummary) => void;
  private readonly done = new Promise<BatchSummary>((resolve) => {
    this.finish = resolve;
  });
  private readonly listening = new AbortController();
  /** Fires when nobody is to be told any more what does not hold. */
  private readonly heeding = new AbortController();

  constructor(
    private readonly options: BatchOptions,
    private readonly deps: BatchDeps,
  ) {
    const { models, budget = BUDGET, onProgress } = options;
    if (models.length === 0) throw new InvalidError('invalid-input', 'Name at least one model.');
    this.models = [...new Set(models)].map((id) => deps.model(id));
    this.answers = new Answers(deps.model);
    this.bytes = new Lanes(Math.max(1, budget));
    this.tally = new Tally(onProgress);
    this.listen();
  }

  batch(): Batch {
    return {
      add: (items) => this.add(items),
      end: () => {
        this.ended = true;
        this.pump();
      },
      next: (ids) => this.queue.next(ids),
      pause: () => this.pause(),
      resume: () => this.resume(),
      cancel: () => this.cancel(),
      done: this.done,
    };
  }

  private listen(): void {
    const { signal: until } = this.listening;
    // Also once it is over: what was handed out may turn out wrong as long as the worker that gave it is there.
    const deaf = this.deps.onWithdrawn?.((scores, reason) => this.withdrawn(scores, reason));
    if (deaf) this.heeding.signal.addEventListener('abort', deaf);
    this.deps.closed.addEventListener('abort', () => this.heeding.abort(), {
      once: true,
      signal: this.heeding.signal,
    });
    for (const signal of [this.options.signal, this.deps.closed])
      if (signal?.aborted) this.cancel();
      else signal?.addEventListener('abort', () => this.cancel(), { once: true, signal: until });
  }

  private add(items: readonly BatchItem[]): void {
    if (this.over) return;
    if (this.ended) throw new InvalidError('invalid-input', 'This batch has ended. Start another.');
    const twice = items.find(({ id }) => this.queue.get(id) || this.underWay.has(id));
    if (twice || new Set(items.map(({ id }) => id)).size < items.length)
      throw new InvalidError('invalid-input', 'Two items have the same id. Give each its own.');
    for (const item of items) this.queue.add({ id: item.id, item });
    this.tally.added(items.length);
    this.pump();
  }

  private pause(): void {
    if (this.paused || this.over) return;
    this.paused = true;
    this.tally.pause();
    this.soft.abort();
  }

  private resume(): void {
    if (!this.paused || this.over) return;
    this.paused = false;
    this.tally.resume();
    this.soft = new AbortController();
    this.pump();
  }

  private cancel(): void {
    if (this.over) {
      this.heeding.abort();
      return;
    }
    this.queue.clear();
    this.close(true);
    this.hard.abort();
    this.soft.abort();
  }

  private close(cancelled: boolean): void {
    this.over = true;
    this.listening.abort();
    this.finish(this.tally.summary(cancelled));
  }

  /** As many as keep the models busy; `bytes` sees to it that they fit. */
  private pump(): void {
    if (this.over || this.paused) return;
    const most = Math.max(...this.models.map(({ appetite }) => appetite));
    while (this.underWay.size < most) {
      const waiting = this.queue.take();
      if (!waiting) break;
      const left = waiting.left ?? new Set(this.models.map(({ card }) => card.id));
      const entry = { ...waiting, left, failed: false };
      this.underWay.set(entry.id, entry);
      void this.through(entry).finally(() => this.left(entry));
    }
    if (this.ended && this.underWay.size === 0 && this.queue.size === 0) this.close(false);
  }

  private left(entry: Entry): void {
    this.underWay.delete(entry.id);
    if (this.over) return;
    if (entry.left.size > 0) this.queue.back(entry);
    this.pump();
  }

  /** Every answer that is left, unless it was paused or cancelled meanwhile. Never rejects. */
  private async through(entry: Entry): Promise<void> {
    const { signal: until } = this.soft;
    const began = performance.now();
    const room = await this.room(entry);
    try {
      const content = await contentOf(entry.item, this.deps.deadline, until);
      if (until.aborted) return;
      room.takes('content', sizeOf(content));
      const models = this.readers(content, entry);
      const hash = await hashed(content, this.deps.deadline, until);
      // Until the last of them, also when a pause withdraws some: what has begun is still delivered, once.
      await Promise.allSettled(
        models.map(async (model) => {
          const took = (bytes: number) => room.takes(model.card.id, bytes);
          const asked = { signal: this.hard.signal, until, took };
          const answered = await this.answers.of(model, { id: entry.id, content, ...hash }, asked);
          this.deliver(entry, { id: entry.id, model: model.card.id, ...hash, ...answered });
        }),
      );
    } catch (thrown) {
      if (until.aborted) return;
      const error = toWinnowError(thrown);
      for (const { card } of this.models.filter((model) => entry.left.has(model.card.id))) {
        const scores = unscored(card, error, performance.now() - began);
        this.deliver(entry, { id: entry.id, model: card.id, ...NOT_READ, scores });
      }
    } finally {
      room.leave();
    }
  }

  /** Room for an item before anything of it is read; what it takes beyond that, others wait for. */
  private async room({ item, left }: Entry): Promise<Room> {
    const inputs = this.models.filter(({ card }) => left.has(card.id));
    const expected = new Map([['content', expectedSize(item)]]);
    for (const { card, inputBytes } of inputs) expected.set(card.id, inputBytes);
    const sum = [...expected.values()].reduce((all, bytes) => all + bytes, 0);
    const leaving = [await this.bytes.enter(Math.min(this.bytes.size, sum))];
    return {
      takes: (what, bytes) => {
        const more = bytes - (expected.get(what) ?? 0);
        if (more <= 0) return;
        expected.set(what, bytes);
        leaving.push(this.bytes.take(more));
      },
      leave: () => {
        for (const each of leaving) each();
      },
    };
  }

  /** Those of the entry's models that read this kind; all of them, to say that they do not, when none does. */
  private readers(content: Blob | string, { left }: Entry): readonly BatchModel[] {
    const reading = this.models.filter(({ card }) => card.task === kindOf(content));
    if (reading.length > 0)
      for (const { card } of this.models) if (card.task !== kindOf(content)) left.delete(card.id);
    return this.models.filter(({ card }) => left.has(card.id));
  }

  private deliver(entry: Entry, result: BatchResult): void {
    // Late: it was cancelled meanwhile.
    if (this.over) return;
    entry.left.delete(result.model);
    const { scores, model, sha256, bytes } = result;
    if (scores.status === 'scored') this.delivered.note(scores, model, { item: entry.item, sha256, bytes });
    else entry.failed = true;
    // Before the listener hears of it, who may cancel the rest.
    if (entry.left.size === 0) this.tally.settled(entry.failed);
    this.tell(result);
  }

  private tell(result: BatchResult): void {
    try {
      this.options.onResult(result);
    } catch (error) {
      // The listener's own fault; the other items are not to suffer.
      reportError(error);
    }
  }

  /** Items whose scores do not hold are told at once, and go first, at that model alone, while it is open. */
  private withdrawn(scores: readonly Scores[], reason: SerializedError): void {
    for (const delivery of this.delivered.take(scores)) {
      const failed = gone(delivery, reason);
      for (const { item, sha256, bytes } of delivery.items) {
        if (!this.over) this.again(item, delivery.model);
        this.tell({ id: item.id, model: delivery.model, sha256, bytes, scores: failed });
      }
    }
    this.pump();
  }

  private again(item: BatchItem, model: string): void {
    const open = this.underWay.get(item.id) ?? this.queue.get(item.id);
    if (!open?.left?.size) this.tally.reopened();
    if (open) open.left?.add(model);
    else this.queue.back({ id: item.id, item, left: new Set([model]) });
  }
}

/** What scores count as that do not hold: not scored, with the reason. */
function gone({ scores, model }: Delivery, { code, message, data }: SerializedError): Scores {
  const card = { id: model, labels: scores.labels.map((name) => ({ name })) };
  return unscored(card, new FailedError(code, message, data), scores.milliseconds, scores);
}
