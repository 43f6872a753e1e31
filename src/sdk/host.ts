/** One model and the worker it lives in: opened on first use, ended when idle, replaced when it dies. */
import type { ModelCard } from '../catalog/card';
import { InvalidError, toWinnowError, type WinnowError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { unscored } from '../core/policy/unscored';
import type {
  Embedding,
  EmbeddingRows,
  EmbeddingScores,
  InferenceContract,
  OnProgress,
  OpenedModel,
  PreparedPicture,
} from '../rpc/contract';
import { ask, type Remote, withoutTraits } from './ask';
import { ScoreCache } from './batch/cache';
import type { Asked, BatchModel } from './batch/model';
import { Canary } from './canary';
import type { HostOptions } from './host-options';
import type { Handover } from './install';
import { type Gathered, type HostedModel, Opening } from './opening';
import { PIXEL_LANES } from './pixels';
import { Pool } from './pool';
import { untilBegun } from './turn';
import type { Activity } from './types';
import { unembedded } from './unembedded';

export type { HostOptions } from './host-options';
export type { Download, HostedModel } from './opening';

/** While one item is in the network, the next is decoded and the one after it read: with two it would wait for every other. */
const LANES = 3;

export class ModelHost implements BatchModel {
  readonly cache = new ScoreCache();
  private readonly pool: Pool<InferenceContract, Gathered>;
  activity: Activity;
  private jobs = 0;
  private readonly opening: Opening;
  private readonly canary: Canary;

  constructor(
    /** `bytes`: of its weights, which every worker of it holds. */
    readonly model: HostedModel & { readonly bytes: number },
    private readonly options: HostOptions,
    private readonly notify: (activity: Activity) => void,
  ) {
    this.activity = { model: model.card.id, state: 'closed', restarts: 0 };
    this.opening = new Opening(model, options);
    this.canary = new Canary({
      name: model.card.name,
      every: options.checkEvery,
      wrong: (error) => this.opening.wrong(error),
      right: () => this.opening.right(),
      withdraw: (of, error) => {
        this.cache.forget(new Set(of.map(({ scores }) => scores)));
        options.withdrawn(of, error);
      },
    });
    this.pool = new Pool<InferenceContract, Gathered>({
      ...{ url: options.inference, deadline: options.deadline, idle: options.idle, lanes: LANES },
      most: () => this.most,
      gather: (shared) => this.opening.gather(shared),
      start: (busy) => options.spare.worker(busy, this.opening.threads()),
      settle: () => this.settle(),
      begun: (remote) => this.opening.begin(remote),
      prepare: async (remote, gathered) => {
        const { unchecked } = await this.opening.prepare(remote, gathered);
        if (unchecked) this.canary.opened(remote, unchecked);
      },
      onLost: (why) => this.opening.lost(why),
      onState: (state, error) => this.tell(state, error),
    });
  }

  /** Ends its workers; the next use starts one, and what is under way goes on there. */
  release(): void {
    this.pool.anew();
  }

  /** Ends its workers and what is under way: the model goes. */
  end(): void {
    this.pool.release();
  }

  close(): void {
    this.pool.close();
  }

  /** What the next worker opens it on is chosen again, by what is known then. */
  anew(): void {
    this.opening.anew();
    this.release();
  }

  /** Ends the worker that installed it, where nothing was asked of it since. */
  releaseUnasked(): void {
    this.pool.first.releaseUnasked();
  }

  /** Goes on in the worker that installed it, where the model is open. */
  adopt({ life, opened }: Handover): void {
    this.opening.adopt(opened);
    this.pool.first.adopt(life);
  }

  /** `check`: it is compared with its reference before this resolves, though it is open or was of late. */
  async open(onProgress?: OnProgress, signal?: AbortSignal, check = false): Promise<OpenedModel> {
    this.opening.progress = onProgress;
    this.opening.retry();
    if (check) {
      this.release();
      this.opening.thorough = true;
    }
    this.pool.first.retry();
    const idle = (remote: Remote) => this.canary.doubtIfDue(remote);
    await this.pool.first.run((remote) => remote.ping().then(() => idle(remote)), signal);
    return this.flavour!;
  }

  classify(content: string | Blob, signal?: AbortSignal): Promise<Scores> {
    const isOpen = this.activity.state === 'ready' || this.activity.state === 'busy';
    const beside = !isOpen && content instanceof Blob && this.card.input.kind === 'image';
    return beside ? this.whileOpening(content, signal) : this.directly(content, signal);
  }

  private directly(content: string | Blob, signal: AbortSignal | undefined): Promise<Scores> {
    return this.item(signal, (remote, job, inner) => this.ask(remote, job, content, inner), this.unscored);
  }

  /** Opening keeps the worker's thread busy: the picture is made ready beside it. */
  private async whileOpening(image: Blob, signal: AbortSignal | undefined): Promise<Scores> {
    this.pool.first.run((remote) => remote.ping(), signal).catch(() => {});
    const asked = signal ?? new AbortController().signal;
    const scores = await this.score(image, { signal: asked, until: asked, bare: true });
    // None could be started for pixels, such as without a network: the model's own does without.
    return scores.code === 'worker-failed' ? this.directly(image, signal) : scores;
  }

  get card(): ModelCard {
    return this.model.card;
  }

  get flavour(): OpenedModel | undefined {
    return this.opening.opened;
  }

  /** As many as are computed, those that wait beside them, and those on their way there. */
  get appetite(): number {
    return 2 * this.most + PIXEL_LANES * this.options.pixels.most;
  }

  /** Many items wait: how to share the machine between workers is measured where it was not yet. */
  private async settle(): Promise<boolean> {
    if (this.single) return false;
    await this.options.measure();
    return (await this.opening.rechoose()) && this.most > 1;
  }

  /** Two on one graphics processor wait for each other; it may be what the next is opened on. */
  private get single(): boolean {
    const { undecided, choice } = this.opening;
    return undecided || (choice ?? this.flavour)?.backend === 'webgpu';
  }

  /** Workers of this model that the machine has the memory for, of those that were asked for. */
  private get most(): number {
    if (this.single) return 1;
    const { memory } = this.options;
    const workers = this.options.workers ?? this.opening.choice?.pool.workers ?? 1;
    return Math.max(1, Math.min(workers, Math.floor(memory / Math.max(1, this.model.bytes))));
  }

  get inputBytes(): number {
    const { input } = this.model.card;
    return input.kind === 'image' ? 4 * 3 * input.width * input.height : 0;
  }

  /**
   * An item of a batch: as `classify`, but pictures come as pixels from workers of their own, and `until` withdraws it
   * as long as its turn at the network has not come.
   */
  async score(content: string | Blob, asked: Asked): Promise<Scores> {
    const { signal, until } = asked;
    const { input } = this.model.card;
    // What says that it reads embeddings only is asked all the same, for its reason.
    if (typeof content === 'string' || input.kind !== 'image') return this.turn(content, asked);
    const started = performance.now();
    try {
      const pixels = async (until: AbortSignal) => {
        const made = await this.options.pixels.prepare(content, input, until);
        asked.took?.(made.views.reduce((sum, { data }) => sum + data.byteLength, 0));
        return made;
      };
      return await this.turn(await pixels(until), asked, () => pixels(signal));
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (error.kind === 'cancelled') throw error;
      return this.unscored(error, performance.now() - started);
    }
  }

  /** `anew`: makes the pixels again, when they went down with a worker. */
  private turn(
    content: string | Blob | PreparedPicture,
    { signal, until, ...about }: Asked,
    anew?: () => Promise<PreparedPicture>,
  ): Promise<Scores> {
    let ready: typeof content | undefined = content;
    const work = (begin: () => void) =>
      this.item(
        signal,
        async (remote, job, inner) => {
          begin();
          const given = ready ?? (await anew!());
          // Handed over, they are gone from here.
          if (anew) ready = undefined;
          return this.ask(remote, job, given, inner, about);
        },
        this.unscored,
      );
    return untilBegun(work, until);
  }

  embed(content: string | Blob, signal?: AbortSignal): Promise<Embedding> {
    return this.item<Embedding>(
      signal,
      async (remote, job, inner) => {
        const answer = await (typeof content === 'string'
          ? remote.embedText(job, content, inner)
          : remote.embedImage(job, content, inner));
        await this.canary.assured(remote, answer.embedding.code);
        return { job: answer.job, value: answer.embedding };
      },
      (error, milliseconds) => unembedded(this.card, error, milliseconds, this.flavour),
    );
  }

  scoreEmbeddings(rows: EmbeddingRows, signal?: AbortSignal): Promise<EmbeddingScores> {
    return this.pool.first.run(async (remote, inner) => {
      const scored = await remote.scoreEmbeddings(rows, inner);
      await this.canary.assured(remote);
      return scored;
    }, signal);
  }

  private readonly unscored = (error: WinnowError, milliseconds: number): Scores =>
    unscored(this.model.card, error, milliseconds, this.flavour);

  /** One item's answer; whatever went wrong is `failed`'s, except a cancellation. */
  private async item<T>(
    signal: AbortSignal | undefined,
    ask: (remote: Remote, job: number, signal?: AbortSignal) => Promise<{ job: number; value: T }>,
    failed: (error: WinnowError, milliseconds: number) => T,
  ): Promise<T> {
    const started = performance.now();
    const job = ++this.jobs;
    try {
      const answer = await this.pool.run((remote, inner) => ask(remote, job, inner), signal);
      // Serial jobs on one worker cannot be mixed up; if they ever are, no score is better than another item's.
      if (answer.job !== job)
        throw new InvalidError('internal', 'The answer belongs to another item. Try again.');
      return answer.value;
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (error.kind === 'cancelled') throw error;
      return failed(error, performance.now() - started);
    }
  }

  /** Handed out only once the worker that gave it is not in doubt. */
  private async ask(
    remote: Remote,
    job: number,
    content: Parameters<typeof ask>[2],
    signal?: AbortSignal,
    { bare, sha256 }: Pick<Asked, 'bare' | 'sha256'> = {},
  ) {
    const answer = await ask(remote, job, content, signal);
    // Before they are watched: what is withdrawn later is found by identity.
    const value = bare ? withoutTraits(answer.value) : answer.value;
    await this.canary.answered(remote, value, sha256);
    return { job: answer.job, value };
  }

  /** Why this page does not open it on WebGPU. */
  get without(): string | undefined {
    return this.opening.without;
  }

  private tell(state: Activity['state'], error?: WinnowError): void {
    this.activity = {
      model: this.model.card.id,
      ...{ state, restarts: this.pool?.first.restarts ?? 0 },
      ...(this.flavour && { opened: this.flavour }),
      ...(error && { error: error.serialize() }),
    };
    this.notify(this.activity);
  }
}
