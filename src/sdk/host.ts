/** One model and the worker it lives in: opened on first use, ended when idle, replaced when it dies. */
import * as Comlink from 'comlink';
import type { ModelCard, ModelFile } from '../catalog/card';
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
  RuntimeAssets,
} from '../rpc/contract';
import type { Handover } from './install';
import { Supervisor } from './supervisor';
import type { Activity } from './types';

export type Download = (
  url: string,
  expected?: { bytes: number; sha256: string },
  onProgress?: OnProgress,
  signal?: AbortSignal,
) => Promise<ArrayBuffer>;

export interface HostOptions {
  readonly deadline: number;
  readonly idle: number;
  readonly inference: string;
  /** Folder of the bundled models, ending in a slash. */
  readonly models: string;
  readonly download: Download;
  /** The same compiled runtime for every worker. */
  readonly runtime: () => Promise<RuntimeAssets>;
}

/** A bundled model with its files, or an installed one, which its worker finds itself. */
export interface HostedModel {
  readonly card: ModelCard;
  readonly files: readonly ModelFile[] | 'stored';
}

type Remote = Comlink.Remote<InferenceContract>;

interface Gathered {
  readonly runtime: RuntimeAssets;
  readonly files: readonly ArrayBuffer[];
}

export class ModelHost {
  readonly supervisor: Supervisor<InferenceContract, Gathered>;
  activity: Activity;
  private opened: OpenedModel | undefined;
  private progress: OnProgress | undefined;
  private jobs = 0;

  constructor(
    readonly model: HostedModel,
    private readonly options: HostOptions,
    private readonly notify: (activity: Activity) => void,
  ) {
    this.activity = { model: model.card.id, state: 'closed', restarts: 0 };
    this.supervisor = new Supervisor<InferenceContract, Gathered>({
      url: options.inference,
      deadline: options.deadline,
      idle: options.idle,
      // While one item is in the network, the next is decoded and the one after it read: a worker that computes
      // takes no step of either, so with two it would wait for every other picture.
      lanes: 3,
      gather: () => this.gather(),
      prepare: (remote, gathered) => this.prepare(remote, gathered),
      onState: (state, error) => this.tell(state, error),
    });
  }

  /** Goes on in the worker that installed it, where the model is open. */
  adopt({ life, opened }: Handover): void {
    this.opened = opened;
    this.supervisor.adopt(life);
  }

  async open(onProgress?: OnProgress, signal?: AbortSignal): Promise<OpenedModel> {
    this.progress = onProgress;
    this.supervisor.retry();
    await this.supervisor.run((remote) => remote.ping(), signal);
    return this.opened!;
  }

  classify(content: string | Blob, signal?: AbortSignal): Promise<Scores> {
    return this.item(
      signal,
      async (remote, job, inner) => {
        const answer = await (typeof content === 'string'
          ? remote.classifyText(job, content, inner)
          : remote.classifyImage(job, content, inner));
        return { job: answer.job, value: answer.scores };
      },
      (error, milliseconds) => unscored(this.model.card, error, milliseconds, this.opened),
    );
  }

  embed(content: string | Blob, signal?: AbortSignal): Promise<Embedding> {
    return this.item<Embedding>(
      signal,
      async (remote, job, inner) => {
        const answer = await (typeof content === 'string'
          ? remote.embedText(job, content, inner)
          : remote.embedImage(job, content, inner));
        return { job: answer.job, value: answer.embedding };
      },
      (error, milliseconds) => ({
        status: error.kind === 'unsupported' ? 'unsupported' : 'error',
        model: this.model.card.id,
        values: new Float32Array(0),
        normalised: this.model.card.embedding?.normalised ?? false,
        backend: this.opened?.backend ?? 'wasm',
        precision: this.opened?.precision ?? 'exact',
        milliseconds,
        code: error.code,
        reason: error.message,
      }),
    );
  }

  scoreEmbeddings(rows: EmbeddingRows, signal?: AbortSignal): Promise<EmbeddingScores> {
    return this.supervisor.run((remote, inner) => remote.scoreEmbeddings(rows, inner), signal);
  }

  /** One item's answer; whatever went wrong is `failed`'s, except a cancellation. */
  private async item<T>(
    signal: AbortSignal | undefined,
    ask: (remote: Remote, job: number, signal?: AbortSignal) => Promise<{ job: number; value: T }>,
    failed: (error: WinnowError, milliseconds: number) => T,
  ): Promise<T> {
    const started = performance.now();
    const job = ++this.jobs;
    try {
      const answer = await this.supervisor.run((remote, inner) => ask(remote, job, inner), signal);
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

  /** The runtime's WASM, and a bundled model's files, verified. */
  private async gather(): Promise<Gathered> {
    const { download, models, runtime } = this.options;
    const { files } = this.model;
    const bytes =
      files === 'stored' ? [] : files.map((file) => download(models + file.path, file, this.progress));
    const [assets, ...buffers] = await Promise.all([runtime(), ...bytes]);
    return { runtime: assets, files: buffers };
  }

  private async prepare(remote: Remote, { runtime, files: bytes }: Gathered): Promise<void> {
    const { card, files } = this.model;
    const named = files === 'stored' ? [] : files.map((file, at) => ({ path: file.path, bytes: bytes[at]! }));
    const stored = files === 'stored' ? { stored: { id: card.id } } : {};
    const request = Comlink.transfer({ card, files: named, ...stored, runtime }, [...bytes]);
    this.opened = await remote.open(request, this.progress && Comlink.proxy(this.progress));
  }

  private tell(state: Activity['state'], error?: WinnowError): void {
    this.activity = {
      model: this.model.card.id,
      state,
      restarts: this.supervisor?.restarts ?? 0,
      ...(this.opened && { opened: this.opened }),
      ...(error && { error: error.serialize() }),
    };
    this.notify(this.activity);
  }
}
