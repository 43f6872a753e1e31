/** A run that is open: what it holds, what of it is kept, and how its tab and others stay one. */
import { FailedError, InvalidError, throwIfAborted } from '../../core/errors';
import { beginning, nextRecords } from '../../core/triage/chain';
import { nameless } from '../../core/triage/snapshot';
import type {
  DecisionRecord,
  Draft,
  Item,
  ItemScores,
  KeptScores,
  RunHeader,
  RunInfo,
  RunNow,
  Tail,
} from '../../core/triage/types';
import type { Appended, Writing, Written } from '../../rpc/journal';
import { Contents } from './contents';
import { draftOf, turningDrafts } from './drafts';
import { exportBlob } from './exporting';
import type { Keeping } from './keeper';
import { Outbox } from './outbox';
import { breather, pagesOf, parsed, recordsOf } from './reading';
import { Saver } from './saver';
import type { Deciding, Run, RunOptions, RunsChange, Turned } from './types';

export class OpenRun implements Run {
  readonly #contents = new Contents();
  readonly items: readonly Item[] = this.#contents.items;
  readonly journal = this.#contents.journal;
  readonly #saver = new Saver(() => this.kept);
  readonly #listeners = new Set<(items: readonly string[]) => void>();
  /** Written by this tab: a decision on top of one's own is no surprise. */
  readonly #own = new Set<number>();
  readonly #stop: () => void;
  readonly #outbox = new Outbox(async () => {
    if (this.#due) await this.#keepNow();
    await this.flush();
  });
  /** `now` is not on disk as it is. */
  #due = false;
  /** Read so far; this tab's own may come again. */
  #pages = 0;
  now: RunNow;
  tail: Tail;

  private constructor(
    private readonly keeper: Keeping,
    readonly header: RunHeader,
    now: RunNow,
    public kept: boolean,
  ) {
    this.now = now;
    this.tail = beginning(header);
    const unsubscribe = keeper.onChange((change) => this.#heard(change));
    this.#stop = () => {
      this.#outbox.close();
      unsubscribe();
    };
  }

  static fresh(keeper: Keeping, header: RunHeader, kept: boolean): OpenRun {
    const { name, models, thresholds, settings } = header;
    return new OpenRun(keeper, header, { name, models, thresholds, settings }, kept);
  }

  static async read(keeper: Keeping, info: RunInfo, options: RunOptions = {}): Promise<OpenRun> {
    const run = new OpenRun(keeper, info.header, info.now, true);
    const all = info.items + info.tail.seq;
    const progress = () => {
      throwIfAborted(options.signal);
      options.onProgress?.(all === 0 ? 1 : Math.min(1, (run.items.length + run.tail.seq) / all));
    };
    try {
      await run.#readPages(progress);
      await run.#readRecords(progress);
    } catch (thrown) {
      run.#stop();
      throw thrown;
    }
    return run;
  }

  item(id: string): Item | undefined {
    return this.#contents.item(id);
  }

  scores(id: string): readonly KeptScores[] {
    return this.#contents.scores(id);
  }

  record(seq: number): DecisionRecord | undefined {
    return this.#contents.record(seq);
  }

  put(items: readonly Item[], scores: readonly ItemScores[] = []): void {
    this.#outbox.put(items, scores);
    this.recall(items, scores);
  }

  recall(items: readonly Item[], scores: readonly ItemScores[] = []): void {
    this.#contents.put(items, scores);
    this.#tell([...items.map(({ id }) => id), ...scores.map(({ item }) => item)]);
  }

  flush(): Promise<void> {
    return this.#outbox.empty(async ({ items, scores }) => {
      if (!this.kept) return;
      await this.#saver.run('items', () => {
        const page = { items: this.now.settings.keepNames ? items : items.map(nameless), scores };
        return this.#stored((remote) => remote.put(this.header.id, page));
      });
      this.keeper.news('items', this.header.id);
    });
  }

  change(now: Partial<RunNow>): Promise<void> {
    this.now = { ...this.now, ...now };
    this.#due = true;
    return this.#keepNow();
  }

  async keepPlace(place: NonNullable<RunNow['place']>): Promise<void> {
    this.now = { ...this.now, place: { ...this.now.place, ...place } };
    if (this.kept) await this.#saver.quietly(this.#writeNow).catch(() => {});
  }

  decide(deciding: readonly Deciding[]): Promise<Appended> {
    // What the person saw is what is there now, not what will be when it is this decision's turn.
    const seen = deciding.map(({ item }) => this.journal.of(item).rev);
    const stamp = this.#stamp();
    return this.#saver.run('records', async () => {
      const breathe = breather();
      const drafts: Draft[] = [];
      for (const [at, one] of deciding.entries()) {
        drafts.push(this.#draft(one, seen[at]!));
        await breathe();
      }
      return this.#append(drafts, stamp);
    });
  }

  readonly undo = () => this.#turn('undo');
  readonly redo = () => this.#turn('redo');

  readonly export: Run['export'] = async (kind, { pending = [], ...options } = {}) => {
    const drafts = pending.map((one) => this.#draft(one, this.journal.of(one.item).rev));
    const writing = { ...this.#stamp(), seen: this.journal.seq };
    const more = nextRecords(this.header.id, this.tail, drafts, writing);
    return exportBlob(await this.#contents.snapshot(this.header, this.now, more), kind, options);
  };

  readonly snapshot = () => this.#contents.snapshot(this.header, this.now);

  readonly refresh = () =>
    this.#saver
      .quietly(async () => {
        if (!this.kept) return;
        await this.#readNow();
        await this.#readPages();
        await this.#readRecords();
      })
      .catch((thrown: unknown) => {
        if (!(thrown instanceof InvalidError)) return;
        // It was deleted meanwhile.
        this.kept = false;
        this.#tell([]);
      });

  onItems(listener: (items: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly onSaving: Run['onSaving'] = (listener) => this.#saver.onSaving(listener);

  async close(): Promise<void> {
    await this.flush().finally(() => this.#stop());
    await this.#saver.quietly(async () => {});
  }

  readonly #writeNow = () => this.#stored((remote) => remote.change(this.header.id, this.now));

  async #keepNow(): Promise<void> {
    try {
      await this.#saver.run('now', async () => {
        if (this.kept && this.#due) await this.#writeNow();
        this.#due = false;
      });
    } catch (thrown) {
      this.#outbox.again();
      throw thrown;
    }
    if (this.kept) this.keeper.news('now', this.header.id);
  }

  #turn(decision: 'undo' | 'redo'): Promise<Turned | undefined> {
    const stamp = this.#stamp();
    return this.#saver.run('records', async () => {
      const of = decision === 'undo' ? this.journal.undoable() : this.journal.redoable();
      if (of.length === 0) return undefined;
      return { ...(await this.#append(turningDrafts(this, decision, of), stamp)), of };
    });
  }

  #stamp(): Omit<Writing, 'seen'> {
    const { by } = this.now.settings;
    return { at: new Date().toISOString(), ...(by !== undefined && { by }) };
  }

  #draft(deciding: Deciding, seen: number): Draft {
    const { rev } = this.journal.of(deciding.item);
    return draftOf(this, deciding, this.#own.has(rev) ? rev : seen);
  }

  async #append(drafts: readonly Draft[], stamp: Omit<Writing, 'seen'>): Promise<Appended> {
    if (drafts.length === 0) return { saved: [] };
    const { id } = this.header;
    const known = this.#contents.conflicts(drafts);
    if (known.length > 0) return { conflicts: known };
    const writing = { ...stamp, seen: this.journal.seq };
    const answer = this.kept
      ? await this.#stored(async (remote): Promise<Written> => remote.append(id, drafts, writing))
      : undefined;
    if (answer && 'conflicts' in answer) {
      await this.#readRecords();
      return answer;
    }
    // Not kept, or not any more: the chain goes on in memory.
    const texts =
      answer?.saved ?? nextRecords(id, this.tail, drafts, writing).map((one) => JSON.stringify(one));
    const saved = await parsed(texts);
    for (const { seq } of saved) this.#own.add(seq);
    if (saved[0]!.seq === this.journal.seq + 1) await this.#take(saved, texts);
    else await this.#readRecords();
    if (answer) this.keeper.news('records', id);
    return { saved };
  }

  /** Undefined when the browser keeps nothing any more: the run goes on in memory. */
  async #stored<T>(
    job: (remote: Parameters<Parameters<Keeping['run']>[0]>[0]) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.keeper.run(job);
    } catch (thrown) {
      if (!(thrown instanceof FailedError) || thrown.code !== 'storage-unavailable') throw thrown;
      this.kept = false;
      return undefined;
    }
  }

  async #take(records: readonly DecisionRecord[], texts: readonly string[]): Promise<void> {
    const breathe = breather();
    for (const [at, record] of records.entries()) {
      this.#contents.add(record, texts[at]!);
      this.tail = { seq: record.seq, hash: record.hash };
      await breathe();
    }
    this.#tell(records.map(({ item }) => item));
  }

  #heard(change: RunsChange): void {
    if (change.what === 'other-version' || change.here || change.run !== this.header.id || !this.kept) return;
    const read = {
      records: () => this.#readRecords(),
      items: () => this.#readPages(),
      now: () => this.#readNow(),
      list: async () => {},
    }[change.what];
    // What cannot be read now is read with the next change.
    this.#saver.quietly(read).catch(() => {});
  }

  /** Records of other tabs, up to the newest. */
  async #readRecords(progress?: () => void): Promise<void> {
    if (!this.kept) return;
    for await (const { records, texts } of recordsOf(this.keeper, this.header.id, this.journal.seq + 1)) {
      await this.#take(records, texts);
      progress?.();
    }
  }

  async #readPages(progress?: () => void): Promise<void> {
    for await (const { items, scores } of pagesOf(this.keeper, this.header.id, this.#pages)) {
      this.#pages += 1;
      this.recall(items, scores);
      progress?.();
    }
  }

  async #readNow(): Promise<void> {
    this.now = (await this.keeper.run((remote) => remote.info(this.header.id))).now;
    this.#tell([]);
  }

  #tell(items: readonly string[]): void {
    for (const listener of this.#listeners) listener(items);
  }
}
