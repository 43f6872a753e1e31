/** createWinnow(): starts workers when they are needed, hands them files, keeps and ends them. */
import * as Comlink from 'comlink';
import type { ModelManifest } from '../catalog/card';
import { InvalidError, toWinnowError, type WinnowError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { unscored } from '../core/policy/unscored';
import type { DownloadContract, InferenceContract, OnProgress, OpenedModel } from '../rpc/contract';
import { type Assets, assets } from './assets';
import { parseManifest } from './manifest';
import { Supervisor } from './supervisor';
import type { Activity, Winnow, WinnowOptions } from './types';

const DEADLINE = 60_000;
const IDLE = 300_000;

type Entry = ModelManifest['models'][number];

/** Winnow in this page. Reads the list of bundled models; rejects with FailedError when it cannot. */
export async function createWinnow(options: WinnowOptions = {}): Promise<Winnow> {
  const urls = assets(options.base);
  const { deadline = DEADLINE, idle = IDLE } = options;
  const downloads = new Supervisor<DownloadContract>({ url: urls.download, deadline, idle, lanes: 8 });
  const decoder = new Supervisor<InferenceContract>({ url: urls.inference, deadline, idle });
  const download = downloader(downloads);
  const manifest = parseManifest(await download(`${urls.models}manifest.json`));
  const hosts = new Map<string, ModelHost>();
  const listeners = new Set<(activity: Activity) => void>();
  const threads = options.threads ?? defaultThreads();
  // One copy for every model's worker; the browser keeps it as a file, not in the page's heap.
  let runtime: Promise<Blob> | undefined;
  const runtimeBytes = () => {
    runtime ??= download(urls.wasm).then((bytes) => new Blob([bytes]));
    runtime.catch(() => {
      runtime = undefined;
    });
    return runtime.then((blob) => blob.arrayBuffer());
  };
  for (const entry of manifest.models)
    hosts.set(
      entry.card.id,
      new ModelHost(entry, urls, { deadline, idle, threads, download, runtimeBytes }, (activity) => {
        for (const listener of listeners) listener(activity);
      }),
    );
  const host = (id: string, task?: 'image' | 'text'): ModelHost => {
    const found = hosts.get(id);
    if (!found) throw new InvalidError('invalid-input', `There is no model named ${id}.`, { model: id });
    if (task && found.entry.card.task !== task)
      throw new InvalidError('invalid-input', `${found.entry.card.name} does not read ${task}s.`, {
        model: id,
      });
    return found;
  };
  return {
    models: async () =>
      manifest.models.map(({ card, files }) => ({
        card,
        state: 'bundled' as const,
        bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      })),
    classifyText: async (text, { model, signal }) => host(model, 'text').classify(text, signal),
    classifyImage: async (image, { model, signal }) => host(model, 'image').classify(image, signal),
    open: async (model, { onProgress, signal } = {}) => host(model).open(onProgress, signal),
    release: async (model) => host(model).supervisor.release(),
    preview: (image, { longestSide, signal }) =>
      decoder.run((remote, inner) => remote.preview(image, longestSide, inner), signal),
    checkCanvas: () => decoder.run((remote) => remote.checkCanvas()),
    onActivity(listener) {
      listeners.add(listener);
      for (const each of hosts.values()) listener(each.activity);
      return () => listeners.delete(listener);
    },
    async close() {
      for (const each of hosts.values()) each.supervisor.close();
      downloads.close();
      decoder.close();
      listeners.clear();
    },
  };
}

type Download = (
  url: string,
  expected?: { bytes: number; sha256: string },
  onProgress?: OnProgress,
  signal?: AbortSignal,
) => Promise<ArrayBuffer>;

function downloader(downloads: Supervisor<DownloadContract>): Download {
  return (url, expected, onProgress, signal) =>
    downloads.run(
      (remote, inner) => remote.fetch({ url, ...expected }, onProgress && Comlink.proxy(onProgress), inner),
      signal,
    );
}

interface HostOptions {
  readonly deadline: number;
  readonly idle: number;
  readonly threads: number;
  readonly download: Download;
  readonly runtimeBytes: () => Promise<ArrayBuffer>;
}

/** One model and the worker it lives in. */
class ModelHost {
  readonly supervisor: Supervisor<InferenceContract, readonly ArrayBuffer[]>;
  activity: Activity;
  private opened: OpenedModel | undefined;
  private progress: OnProgress | undefined;
  private jobs = 0;

  constructor(
    readonly entry: Entry,
    private readonly urls: Assets,
    private readonly options: HostOptions,
    private readonly notify: (activity: Activity) => void,
  ) {
    this.activity = { model: entry.card.id, state: 'closed', restarts: 0 };
    this.supervisor = new Supervisor<InferenceContract, readonly ArrayBuffer[]>({
      url: urls.inference,
      deadline: options.deadline,
      idle: options.idle,
      // While one item is in the network, the next is read and decoded.
      lanes: 2,
      gather: () => this.gather(),
      prepare: (remote, gathered) => this.prepare(remote, gathered),
      onState: (state, error) => this.tell(state, error),
    });
  }

  async open(onProgress?: OnProgress, signal?: AbortSignal): Promise<OpenedModel> {
    this.progress = onProgress;
    this.supervisor.retry();
    await this.supervisor.run((remote) => remote.ping(), signal);
    return this.opened!;
  }

  async classify(content: string | Blob, signal?: AbortSignal): Promise<Scores> {
    const started = performance.now();
    const job = ++this.jobs;
    try {
      const answer = await this.supervisor.run(
        (remote, inner) =>
          typeof content === 'string'
            ? remote.classifyText(job, content, inner)
            : remote.classifyImage(job, content, inner),
        signal,
      );
      // Serial jobs on one worker cannot be mixed up; if they ever are, no score is better than another item's.
      if (answer.job !== job)
        throw new InvalidError('internal', 'The answer belongs to another item. Try again.');
      return answer.scores;
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (error.kind === 'cancelled') throw error;
      return unscored(this.entry.card, error, performance.now() - started);
    }
  }

  /** The runtime's WASM, then the model's files, verified. */
  private gather(): Promise<ArrayBuffer[]> {
    const { download, runtimeBytes } = this.options;
    const files = this.entry.files.map((file) => download(this.urls.models + file.path, file, this.progress));
    return Promise.all([runtimeBytes(), ...files]);
  }

  private async prepare(
    remote: Comlink.Remote<InferenceContract>,
    [wasm, ...bytes]: readonly ArrayBuffer[],
  ): Promise<void> {
    const { card, files } = this.entry;
    const named = files.map((file, at) => ({ path: file.path, bytes: bytes[at]! }));
    const runtime = { wasm: wasm!, glue: this.urls.glue, threads: this.options.threads };
    const request = Comlink.transfer({ card, files: named, runtime }, [wasm!, ...bytes]);
    this.opened = await remote.open(request, this.progress && Comlink.proxy(this.progress));
  }

  private tell(state: Activity['state'], error?: WinnowError): void {
    this.activity = {
      model: this.entry.card.id,
      state,
      restarts: this.supervisor?.restarts ?? 0,
      ...(this.opened && { opened: this.opened }),
      ...(error && { error: error.serialize() }),
    };
    this.notify(this.activity);
  }
}

/** ONNX Runtime's own default: half the cores, four at most; one where memory cannot be shared. */
function defaultThreads(): number {
  return globalThis.crossOriginIsolated
    ? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2))
    : 1;
}
