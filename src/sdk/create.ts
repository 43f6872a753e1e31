/** createWinnow(): starts workers when they are needed, hands them files, keeps and ends them. */
import * as Comlink from 'comlink';
import { catalog } from '../catalog';
import { cardProblem } from '../catalog/check';
import { InvalidError } from '../core/errors';
import type { DownloadContract, InferenceContract, KeptModel, PickedFile } from '../rpc/contract';
import { type Assets, assets } from './assets';
import { type Changes, listenForChanges } from './changes';
import { type Download, type HostedModel, type HostOptions, ModelHost } from './host';
import { type Handover, installInWorker } from './install';
import { ModelList } from './list';
import { parseManifest } from './manifest';
import { Supervisor } from './supervisor';
import type { Activity, InstallOptions, ModelState, Winnow, WinnowOptions } from './types';

const DEADLINE = 60_000;
const IDLE = 300_000;

/** Winnow in this page. Reads the list of models; rejects with FailedError when it cannot. */
export async function createWinnow(options: WinnowOptions = {}): Promise<Winnow> {
  const { deadline = DEADLINE, idle = IDLE } = options;
  const urls = assets(options.base);
  const downloads = new Supervisor<DownloadContract>({ url: urls.download, deadline, idle, lanes: 8 });
  const download = downloader(downloads);
  const [manifest, kept] = await Promise.all([
    download(`${urls.models}manifest.json`).then(parseManifest),
    keptModels(downloads),
  ]);
  const listed = options.catalog ?? catalog;
  return new Page({
    urls,
    downloads,
    decoder: new Supervisor<InferenceContract>({ url: urls.inference, deadline, idle }),
    bundled: manifest.models,
    list: new ModelList(manifest.models, listed),
    kept,
    host: {
      ...{ deadline, idle, download },
      ...{ inference: urls.inference, models: urls.models },
      runtime: runtimeOf(urls, downloads, options.threads ?? defaultThreads()),
    },
  }).winnow();
}

/** The bundled models work where the browser keeps nothing; installing says what is wrong. */
function keptModels(downloads: Supervisor<DownloadContract>): Promise<readonly KeptModel[]> {
  return downloads.run((remote) => remote.kept()).catch(() => []);
}

interface Parts {
  readonly urls: Assets;
  readonly downloads: Supervisor<DownloadContract>;
  /** For pictures to look at: never holds a model. */
  readonly decoder: Supervisor<InferenceContract>;
  readonly bundled: readonly HostedModel[];
  readonly list: ModelList;
  readonly kept: readonly KeptModel[];
  readonly host: HostOptions;
}

/** The workers of one page and what is known of its models. */
class Page {
  readonly #hosts = new Map<string, ModelHost>();
  readonly #activityListeners = new Set<(activity: Activity) => void>();
  readonly #modelsListeners = new Set<(models: readonly ModelState[]) => void>();
  readonly #changes: Changes;
  /** Workers of models that were just installed, until their hosts take them. */
  readonly #fresh = new Map<string, Handover>();
  #closed = false;

  constructor(private readonly parts: Parts) {
    this.#changes = listenForChanges(() => void this.#refresh());
    for (const model of parts.bundled) this.#add(model);
    this.#take(parts.kept);
  }

  winnow(): Winnow {
    const { list, decoder } = this.parts;
    return {
      models: async () => list.states(),
      classifyText: async (text, { model, signal }) => this.#host(model, 'text').classify(text, signal),
      classifyImage: async (image, { model, signal }) => this.#host(model, 'image').classify(image, signal),
      embedText: async (text, { model, signal }) => this.#host(model, 'text').embed(text, signal),
      embedImage: async (image, { model, signal }) => this.#host(model, 'image').embed(image, signal),
      scoreEmbeddings: async (rows, { model, signal }) => this.#host(model).scoreEmbeddings(rows, signal),
      open: async (model, { onProgress, signal } = {}) => this.#host(model).open(onProgress, signal),
      release: async (model) => this.#host(model).supervisor.release(),
      install: (model, options) => this.#install(model, options),
      remove: (model) => this.#remove(model),
      preview: (image, { longestSide, signal }) =>
        decoder.run((remote, inner) => remote.preview(image, longestSide, inner), signal),
      checkCanvas: () => decoder.run((remote) => remote.checkCanvas()),
      onActivity: (listener) => {
        this.#activityListeners.add(listener);
        for (const each of this.#hosts.values()) listener(each.activity);
        return () => this.#activityListeners.delete(listener);
      },
      onModels: (listener) => {
        this.#modelsListeners.add(listener);
        return () => this.#modelsListeners.delete(listener);
      },
      close: async () => this.#close(),
    };
  }

  #host(id: string, task?: 'image' | 'text'): ModelHost {
    const found = this.#hosts.get(id);
    const card = found?.model.card ?? this.parts.list.state(id)?.card;
    if (!card) throw new InvalidError('invalid-input', `There is no model named ${id}.`, { model: id });
    if (!found)
      throw new InvalidError('invalid-input', `${card.name} is not installed. Install it first.`, {
        model: id,
      });
    if (task && card.task !== task)
      throw new InvalidError('invalid-input', `${card.name} does not read ${task}s.`, { model: id });
    return found;
  }

  async #install(model: string | ModelState['card'], options: InstallOptions): Promise<ModelState> {
    const { list, host, urls } = this.parts;
    const { card, own } = list.cardFor(model);
    const problem = cardProblem(card, { draft: own });
    if (problem !== undefined)
      throw new InvalidError('invalid-input', `The card ${problem}. Correct it.`, {
        model: String(card?.id),
      });
    if (options.files.length === 0)
      throw new InvalidError('invalid-input', `Choose the files of ${card.name}.`, { model: card.id });
    // Asked for while somebody's click still counts; installing goes on without it.
    void navigator.storage?.persist?.().catch(() => false);
    const { precision, onProgress, signal } = options;
    try {
      const fresh = await installInWorker({
        url: urls.inference,
        request: {
          ...{ card, own, files: options.files.map(picked), runtime: await host.runtime() },
          ...(precision && { precision }),
        },
        ...{ onProgress, signal, patience: 2 * host.deadline },
      });
      if (fresh) this.#fresh.set(card.id, fresh);
    } catch (error) {
      await this.parts.downloads.run((remote) => remote.tidy(card.id)).catch(() => {});
      throw error;
    }
    await this.#changed();
    // Taken, unless the list could not be read or Winnow was closed.
    this.#fresh.get(card.id)?.life.end();
    this.#fresh.delete(card.id);
    return list.state(card.id)!;
  }

  async #remove(id: string): Promise<void> {
    const state = this.parts.list.state(id);
    if (!state) throw new InvalidError('invalid-input', `There is no model named ${id}.`, { model: id });
    if (state.state === 'bundled')
      throw new InvalidError('invalid-input', `${state.card.name} is part of the build and stays.`, {
        model: id,
      });
    this.#hosts.get(id)?.supervisor.release();
    await this.parts.downloads.run((remote) => remote.remove(id));
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.#refresh();
    this.#changes.tell();
  }

  /** Reads anew what is installed, here or by another tab, and tells whoever listens. */
  async #refresh(): Promise<void> {
    if (this.#closed) return;
    const kept = await this.parts.downloads.run((remote) => remote.kept()).catch(() => undefined);
    // Not known is not the same as gone.
    if (!kept || this.#closed) return;
    this.#take(kept);
    const states = this.parts.list.states();
    for (const listener of this.#modelsListeners) listener(states);
  }

  #take(kept: readonly KeptModel[]): void {
    for (const id of this.parts.list.update(kept)) {
      this.#hosts.get(id)?.supervisor.close();
      this.#hosts.delete(id);
    }
    for (const { card } of this.parts.list.states().filter(({ state }) => state === 'installed'))
      if (!this.#hosts.has(card.id)) this.#add({ card, files: 'stored' });
  }

  #add(model: HostedModel): void {
    const host = new ModelHost(model, this.parts.host, (activity) => {
      for (const listener of this.#activityListeners) listener(activity);
    });
    this.#hosts.set(model.card.id, host);
    const fresh = this.#fresh.get(model.card.id);
    this.#fresh.delete(model.card.id);
    if (fresh) host.adopt(fresh);
    for (const listener of this.#activityListeners) listener(host.activity);
  }

  #close(): void {
    this.#closed = true;
    this.#changes.close();
    for (const each of this.#hosts.values()) each.supervisor.close();
    this.parts.downloads.close();
    this.parts.decoder.close();
    this.#activityListeners.clear();
    this.#modelsListeners.clear();
  }
}

/** Files carry a name, and the folder they were picked with where the browser tells. */
function picked(blob: Blob, at: number): PickedFile {
  const file = blob instanceof File ? blob : undefined;
  return { name: file?.webkitRelativePath || file?.name || `file ${at + 1}`, blob };
}

function downloader(downloads: Supervisor<DownloadContract>): Download {
  return (url, expected, onProgress, signal) =>
    downloads.run(
      (remote, inner) => remote.fetch({ url, ...expected }, onProgress && Comlink.proxy(onProgress), inner),
      signal,
    );
}

/** Downloaded and compiled once, for every model's worker. */
function runtimeOf(
  urls: Assets,
  downloads: Supervisor<DownloadContract>,
  threads: number,
): HostOptions['runtime'] {
  let wasm: Promise<WebAssembly.Module> | undefined;
  return async () => {
    wasm ??= downloads.run((remote) => remote.compile(urls.wasm));
    wasm.catch(() => {
      wasm = undefined;
    });
    return { wasm: await wasm, glue: urls.glue, threads };
  };
}

/** ONNX Runtime's own default: half the cores, four at most; one where memory cannot be shared. */
function defaultThreads(): number {
  return globalThis.crossOriginIsolated
    ? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2))
    : 1;
}
