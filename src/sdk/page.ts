import type { Change, Removing } from '../rpc/changes';
import type { InferenceContract, KeptModel } from '../rpc/contract';
import type { DeviceNotes } from '../rpc/device';
import type { DownloadsState } from '../rpc/downloads';
import { type Assets, gluesOf } from './assets';
import { startBatch } from './batch/batch';
import { type Changes, listenForChanges } from './changes';
import { Clearing, deleteDatabases } from './clear';
import { Damage } from './damage';
import type { Fetcher } from './gather';
import { inputsOf } from './gather-input';
import { type HostedModel, type HostOptions, ModelHost } from './host';
import { hostOf } from './host-of';
import type { Fresh, Handover } from './install';
import { Installer } from './installing';
import { Inventory } from './inventory';
import type { Kept } from './kept';
import type { Reader } from './kept-inputs';
import type { ModelList } from './list';
import { Listeners } from './listeners';
import { Machine } from './machine';
import { choiceModel } from './opening';
import { usualPrecision } from './precision';
import type { PreparedModels } from './prepared';
import type { Runtimes } from './runtime';
import { persist, storageState } from './storage';
import type { Supervisor } from './supervisor';
import type { RunsHost } from './triage';
import type { Activity, ModelState, Winnow } from './types';

export interface PageParts {
  readonly urls: Assets;
  readonly runtimes: Runtimes;
  readonly downloads: Fetcher;
  /** For what takes as long as it takes; in a worker of its own, which goes when it is over. */
  readonly fetcher: Fetcher;
  /** For pictures to look at: never holds a model. */
  readonly decoder: Supervisor<InferenceContract>;
  /** For archives, tables and folders; a list takes as long as whoever takes it. */
  readonly reader: Reader;
  readonly runs: RunsHost;
  readonly bundled: readonly HostedModel[];
  readonly list: ModelList;
  readonly prepared: PreparedModels;
  readonly kept: Kept;
  readonly host: Omit<HostOptions, 'device' | 'withdrawn' | 'measure'>;
  readonly notes: Promise<DeviceNotes>;
  /** Asked for by whoever made it. */
  readonly threads: number | undefined;
}

/** Kept bytes beyond which a model that was just installed is opened on WebGPU at once, where that was chosen. */
const STAYS_ON_WASM = 128e6;

/** The workers of one page and what is known of its models. */
export class Page {
  readonly #hosts = new Map<string, ModelHost>();
  readonly #onActivity = new Listeners<[Activity]>();
  readonly #onModels = new Listeners<Parameters<Parameters<Winnow['onModels']>[0]>>();
  readonly #changes: Changes;
  readonly #installer: Installer;
  /** Workers of models that were just installed, until their hosts take them. */
  readonly #fresh = new Map<string, Handover>();
  readonly #closing = new AbortController();
  readonly #clearing = new Clearing();
  readonly #inventory: Inventory;
  readonly #machine: Machine;
  readonly #damage: Damage;

  constructor(private readonly parts: PageParts) {
    this.#changes = listenForChanges((change) => void this.#heard(change));
    const { list, prepared, fetcher, host, downloads, notes, threads, urls } = parts;
    const told = () => this.#onModels.tell(this.#states());
    this.#machine = new Machine({
      ...{ downloads, notes, threads, url: host.inference, glue: gluesOf(urls), runtime: host.runtime },
      changed: told,
      anew: (model) => {
        if (model === undefined) host.gpuLosses.forget();
        host.spare.end();
        for (const [id, each] of this.#hosts) if (model === undefined || model === id) each.anew();
      },
    });
    this.#damage = new Damage({ list, fetcher, changed: told });
    this.#inventory = new Inventory({
      list,
      read: async () => ({
        kept: await downloads.run((remote) => remote.kept()),
        downloads: await this.#downloads(),
      }),
      paused: () => this.#closing.signal.aborted || this.#clearing.underWay,
      show: (...shown) => this.#show(...shown),
    });
    this.#installer = new Installer({
      ...{ list, prepared, fetcher, patience: 2 * host.deadline },
      ...{ inference: host.inference, spare: host.spare, precisionOf: usualPrecision },
      runtime: async () => ({ ...(await host.runtime()), threads: await this.#machine.device.threads() }),
      // Several installed in a row would be held beside each other.
      makeRoom: () => {
        for (const each of this.#hosts.values()) each.releaseUnasked();
      },
      ...{ refresh: () => this.#inventory.refresh(), changed: () => this.#changed() },
      installed: (id, fresh) => this.#installed(id, fresh),
    });
    for (const model of parts.bundled) this.#add(model);
    void this.#machine.device.threads().then((threads) => host.spare.warm(host.runtime(), threads));
    this.#take(parts.kept.models, parts.kept.downloads);
  }

  winnow(): Winnow {
    const { list, decoder, reader } = this.parts;
    return {
      models: async () => this.#states(),
      ...this.#machine.api(),
      classifyText: async (text, { model, signal }) => this.#host(model, 'text').classify(text, signal),
      classifyImage: async (image, { model, signal }) => this.#host(model, 'image').classify(image, signal),
      batch: (options) =>
        startBatch(options, {
          model: (id) => this.#host(id),
          deadline: this.parts.host.deadline,
          closed: this.#closing.signal,
          onWithdrawn: (listener) => this.#machine.api().onWithdrawn(listener),
        }),
      ...inputsOf(reader),
      runs: this.parts.runs.runs,
      embedText: async (text, { model, signal }) => this.#host(model, 'text').embed(text, signal),
      embedImage: async (image, { model, signal }) => this.#host(model, 'image').embed(image, signal),
      scoreEmbeddings: async (rows, { model, signal }) => this.#host(model).scoreEmbeddings(rows, signal),
      open: async (model, { onProgress, signal, check } = {}) =>
        this.#host(model).open(onProgress, signal, check),
      release: async (model) => this.#host(model).release(),
      install: (model, options) => this.#installer.install(model, options),
      look: (model, options) => this.#installer.look(model, options),
      repository: (name, options) => this.#installer.repository(name, options),
      repair: (model, options) => this.#installer.repair(model, options),
      remove: (model) => this.#remove(model),
      storage: () => storageState(list.states(), this.#downloads()),
      ...{ persist, usualPrecision },
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
        for (const each of this.#hosts.values()) listener(each.activity);
        return this.#onActivity.add(listener);
      },
      onModels: (listener) => this.#onModels.add(listener),
      keepBuild: () => {
        const { fetcher, runtimes, urls } = this.parts;
        return fetcher.run((remote) => remote.keepBuild(urls.offline, [...runtimes.parts]));
      },
      close: async () => this.#close(),
    };
  }

  #host(id: string, task?: 'image' | 'text'): ModelHost {
    return hostOf(this.#hosts, this.parts.list, id, task);
  }

  #downloads(): Promise<DownloadsState> {
    return this.parts.downloads.run((remote) => remote.downloads());
  }

  async #remove(id: string): Promise<void> {
    this.parts.list.mayGo(id);
    this.#hosts.get(id)?.end();
    this.#changes.tell({ removing: id });
    await this.#inventory.removing(id, () => this.parts.downloads.run((remote) => remote.remove(id)));
    await this.#changed();
  }

  async #installed(id: string, { checked, installed, handover }: Fresh): Promise<void> {
    this.#fresh.set(id, handover);
    const { at: of, bytes, precision } = installed;
    // How long a run takes on WASM: what WebGPU is compared with, before it was ever opened again.
    await this.#machine.device.passed({ id, of }, checked);
    // A small one answers at once, and is tried on WebGPU when it is opened again.
    const { backend } = await this.#machine.device.choose({ id, of, precision });
    if (backend === 'webgpu' && bytes > STAYS_ON_WASM) {
      this.#fresh.delete(id);
      handover.life.end();
    }
    await this.#changed();
    // Taken, unless the list could not be read or Winnow was closed.
    this.#fresh.get(id)?.life.end();
    this.#fresh.delete(id);
  }

  async #changed(): Promise<void> {
    await this.#inventory.refresh();
    if (!this.#closing.signal.aborted && !this.#clearing.underWay) this.#changes.tell('changed');
  }

  async #heard(change: Change | Removing): Promise<void> {
    if (typeof change === 'object') return this.#inventory.expect(change.removing);
    // A newer version has what is kept now: reading it would fail, and what is open goes on.
    if (change === 'updated') return this.#onModels.tell(this.#states(), 'updated');
    this.#clearing.heard(change);
    if (change !== 'clearing') return this.#inventory.refresh(change === 'lost' ? 'lost' : undefined);
    await this.#letGo();
    this.#show([], { sources: [], interrupted: [], wanted: [] });
  }

  #show(kept: readonly KeptModel[], downloads: DownloadsState, why?: 'lost'): void {
    this.#take(kept, downloads);
    this.#onModels.tell(this.#states(), why);
    this.#installer.noticed();
  }

  #states(): readonly ModelState[] {
    return this.parts.list.states().map((state) => {
      const host = this.#hosts.get(state.card.id);
      return host
        ? { ...state, runs: this.#machine.device.runs(choiceModel(host.model), host.without) }
        : state;
    });
  }

  #take(kept: readonly KeptModel[], downloads: DownloadsState): void {
    this.parts.list.downloads(downloads);
    for (const id of this.parts.list.update(kept)) {
      this.#hosts.get(id)?.close();
      this.#hosts.delete(id);
    }
    for (const { card, installed } of this.parts.list.states())
      if (installed && !this.#hosts.has(card.id)) this.#add({ card, files: 'stored', installed });
  }

  /** Ends every worker, and with them what they hold of the databases. */
  async #letGo(): Promise<void> {
    const { downloads, fetcher, decoder, reader, runs, host } = this.parts;
    await this.#installer.stop();
    for (const model of this.#hosts.values()) model.end();
    for (const each of [downloads, fetcher, decoder, reader, runs, host.pixels]) each.release();
    host.spare.end();
  }

  #clear(): Promise<void> {
    this.#changes.tell('clearing');
    return this.#clearing.here(async () => {
      try {
        await this.#letGo();
        await deleteDatabases();
        this.#machine.device.forget();
      } finally {
        // Not read anew: behind a deletion that another tab holds up, reading would wait for that tab.
        this.#show([], { sources: [], interrupted: [], wanted: [] });
        if (!this.#closing.signal.aborted) this.#changes.tell('cleared');
      }
    });
  }

  #add(model: HostedModel): void {
    const { bytes = 0 } = this.parts.list.state(model.card.id) ?? {};
    const device = this.#machine.hooks;
    const host = new ModelHost({ ...model, bytes }, { ...this.parts.host, ...device }, (activity) => {
      this.#machine.heard(activity);
      void this.#damage.heard(activity);
      this.#onActivity.tell(activity);
    });
    this.#hosts.set(model.card.id, host);
    const fresh = this.#fresh.get(model.card.id);
    this.#fresh.delete(model.card.id);
    if (fresh) host.adopt(fresh);
    this.#onActivity.tell(host.activity);
  }

  #close(): void {
    this.#closing.abort();
    this.#changes.close();
    this.#machine.close();
    for (const each of this.#hosts.values()) each.close();
    this.#installer.close();
    const { downloads, fetcher, decoder, reader, runs, host } = this.parts;
    for (const each of [downloads, fetcher, decoder, reader, runs, host.pixels]) each.close();
    host.spare.end();
    this.#onActivity.clear();
    this.#onModels.clear();
  }
}
