/** createWinnow(): starts workers when they are needed, hands them files, keeps and ends them. */
import { catalog } from '../catalog';
import { InvalidError } from '../core/errors';
import type { Change } from '../rpc/changes';
import type { InferenceContract, KeptModel } from '../rpc/contract';
import type { DownloadsState } from '../rpc/downloads';
import { type Assets, assets } from './assets';
import { type Changes, listenForChanges } from './changes';
import { Clearing, deleteDatabases } from './clear';
import type { Fetcher } from './gather';
import { type HostedModel, type HostOptions, ModelHost } from './host';
import type { Handover } from './install';
import { Installer } from './installing';
import { ModelList } from './list';
import { parseManifest } from './manifest';
import { PreparedModels } from './prepared';
import { defaultThreads, downloader, runtimeOf } from './runtime';
import { persist, storageState } from './storage';
import { Supervisor } from './supervisor';
import type { Activity, Winnow, WinnowOptions } from './types';

const DEADLINE = 60_000;
const IDLE = 300_000;
/** The longest that a browser's timer takes: a download is as long as it is, and knows itself when it stands still. */
const NO_DEADLINE = 2 ** 31 - 1;

/** Winnow in this page. Reads the list of models; rejects with FailedError when it cannot. */
export async function createWinnow(options: WinnowOptions = {}): Promise<Winnow> {
  const { deadline = DEADLINE, idle = IDLE } = options;
  const urls = assets(options.base);
  const downloads: Fetcher = new Supervisor({ url: urls.download, deadline, idle, lanes: 8 });
  const download = downloader(downloads);
  const runtime = runtimeOf(urls, downloads, options.threads ?? defaultThreads());
  // Every model needs it, and it takes as long as the lists do. Whoever needs it hears when it fails.
  runtime().catch(() => {});
  const [manifest, kept] = await Promise.all([
    download(`${urls.models}manifest.json`).then(parseManifest),
    keptHere(downloads),
  ]);
  const prepared = new PreparedModels(manifest, urls.models);
  const list = new ModelList(manifest.models, options.catalog ?? catalog, prepared);
  return new Page({
    urls,
    downloads,
    fetcher: new Supervisor({ url: urls.download, deadline: NO_DEADLINE, idle, lanes: 8 }),
    decoder: new Supervisor<InferenceContract>({ url: urls.inference, deadline, idle }),
    ...{ bundled: manifest.models, list, prepared, kept },
    host: {
      ...{ deadline, idle, download },
      ...{ inference: urls.inference, models: urls.models },
      runtime,
    },
  }).winnow();
}

interface Kept {
  readonly models: readonly KeptModel[];
  readonly downloads: DownloadsState;
}

/** The bundled models work where the browser keeps nothing; installing says what is wrong. */
async function keptHere(downloads: Fetcher): Promise<Kept> {
  const [models, state] = await Promise.all([
    downloads.run((remote) => remote.kept()).catch(() => []),
    downloads.run((remote) => remote.downloads()).catch(() => ({ sources: [], interrupted: [] })),
  ]);
  return { models, downloads: state };
}

interface Parts {
  readonly urls: Assets;
  readonly downloads: Fetcher;
  /** For what takes as long as it takes; in a worker of its own, which goes when it is over. */
  readonly fetcher: Fetcher;
  /** For pictures to look at: never holds a model. */
  readonly decoder: Supervisor<InferenceContract>;
  readonly bundled: readonly HostedModel[];
  readonly list: ModelList;
  readonly prepared: PreparedModels;
  readonly kept: Kept;
  readonly host: HostOptions;
}

/** The workers of one page and what is known of its models. */
class Page {
  readonly #hosts = new Map<string, ModelHost>();
  readonly #activityListeners = new Set<(activity: Activity) => void>();
  readonly #modelsListeners = new Set<Parameters<Winnow['onModels']>[0]>();
  readonly #changes: Changes;
  readonly #installer: Installer;
  /** Workers of models that were just installed, until their hosts take them. */
  readonly #fresh = new Map<string, Handover>();
  #closed = false;
  readonly #clearing = new Clearing();

  constructor(private readonly parts: Parts) {
    this.#changes = listenForChanges((change) => void this.#heard(change));
    const { list, prepared, fetcher, host } = parts;
    this.#installer = new Installer({
      ...{
        list,
        prepared,
        fetcher,
        inference: host.inference,
        patience: 2 * host.deadline,
        runtime: host.runtime,
      },
      ...{ refresh: () => this.#refresh(), changed: () => this.#changed() },
      installed: (id, fresh) => this.#installed(id, fresh),
    });
    for (const model of parts.bundled) this.#add(model);
    this.#take(parts.kept.models, parts.kept.downloads);
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
      install: (model, options) => this.#installer.install(model, options),
      look: (model, options) => this.#installer.look(model, options),
      repository: (name, options) => this.#installer.repository(name, options),
      repair: (model, options) => this.#installer.repair(model, options),
      remove: (model) => this.#remove(model),
      storage: () => storageState(list.states(), this.#downloads()),
      persist,
      downloads: async () => (await this.#downloads()).sources,
      removeDownloads: async (model) => {
        await this.parts.downloads.run((remote) => remote.removeDownloads(model));
        await this.#changed();
      },
      clear: () => this.#clear(),
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
      keepBuild: () => this.parts.fetcher.run((remote) => remote.keepBuild(this.parts.urls.offline)),
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

  #downloads(): Promise<DownloadsState> {
    return this.parts.downloads.run((remote) => remote.downloads());
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

  async #installed(id: string, fresh: Handover | undefined): Promise<void> {
    if (fresh) this.#fresh.set(id, fresh);
    await this.#changed();
    // Taken, unless the list could not be read or Winnow was closed.
    this.#fresh.get(id)?.life.end();
    this.#fresh.delete(id);
  }

  async #changed(): Promise<void> {
    await this.#refresh();
    if (!this.#closed && !this.#clearing.underWay) this.#changes.tell('changed');
  }

  async #heard(change: Change): Promise<void> {
    this.#clearing.heard(change);
    if (change !== 'clearing') return this.#refresh(change === 'lost' ? 'lost' : undefined);
    await this.#letGo();
    this.#show([], { sources: [], interrupted: [] });
  }

  /** Reads anew what is installed, here or by another tab, and tells whoever listens. */
  async #refresh(why?: 'lost'): Promise<void> {
    if (this.#closed || this.#clearing.underWay) return;
    const { downloads } = this.parts;
    const kept = await downloads.run((remote) => remote.kept()).catch(() => undefined);
    const state = await this.#downloads().catch(() => undefined);
    // Not known is not the same as gone.
    if (!kept || !state || this.#closed || this.#clearing.underWay) return;
    this.#show(kept, state, why);
    this.#installer.noticed();
  }

  #show(kept: readonly KeptModel[], downloads: DownloadsState, why?: 'lost'): void {
    this.#take(kept, downloads);
    const states = this.parts.list.states();
    for (const listener of this.#modelsListeners) listener(states, why);
  }

  #take(kept: readonly KeptModel[], { interrupted }: DownloadsState): void {
    this.parts.list.interrupted(interrupted);
    for (const id of this.parts.list.update(kept)) {
      this.#hosts.get(id)?.supervisor.close();
      this.#hosts.delete(id);
    }
    for (const { card } of this.parts.list.states().filter(({ state }) => state === 'installed'))
      if (!this.#hosts.has(card.id)) this.#add({ card, files: 'stored' });
  }

  /** Ends every worker, and with them what they hold of the databases. */
  async #letGo(): Promise<void> {
    const { downloads, fetcher, decoder } = this.parts;
    await this.#installer.stop();
    for (const { supervisor } of this.#hosts.values()) supervisor.release();
    for (const supervisor of [downloads, fetcher, decoder]) supervisor.release();
  }

  #clear(): Promise<void> {
    this.#changes.tell('clearing');
    return this.#clearing.here(async () => {
      try {
        await this.#letGo();
        await deleteDatabases();
      } finally {
        // Not read anew: behind a deletion that another tab holds up, reading would wait for that tab.
        this.#show([], { sources: [], interrupted: [] });
        if (!this.#closed) this.#changes.tell('cleared');
      }
    });
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
    this.#installer.close();
    this.parts.downloads.close();
    this.parts.fetcher.close();
    this.parts.decoder.close();
    this.#activityListeners.clear();
    this.#modelsListeners.clear();
  }
}
