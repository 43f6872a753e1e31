/** Installing from any source: gather files, prepare them in a worker, once more where one was damaged, then tidy up. */
import type { ModelCard } from '../catalog/card';
import { cardProblem } from '../catalog/check';
import { CancelledError, InvalidError, toWinnowError } from '../core/errors';
import type { Precision } from '../core/policy/types';
import type { InstallRequest, RuntimeAssets } from '../rpc/contract';
import type { FoundFile } from '../rpc/downloads';
import { downloadSource, lookRequest, sourceFile } from './fetch';
import type { Fetcher, Gathered, GatherJob } from './gather';
import { type Fresh, installInWorker } from './install';
import type { ModelList } from './list';
import { heldBy, withLock } from './lock';
import type { PreparedModels } from './prepared';
import { InstallProgress } from './progress';
import { gather } from './sources';
import type { Spare } from './spare';
import { freeRoom } from './storage';
import type {
  Installing,
  InstallOptions,
  InstallSource,
  LookOptions,
  ModelState,
  Repository,
  SourceInfo,
} from './types';

/** How often what was damaged while installing is got again. */
const MOST_REPAIRS = 3;

export interface InstallerParts {
  readonly list: ModelList;
  readonly fetcher: Fetcher;
  /** What this site hosts prepared. */
  readonly prepared: PreparedModels;
  /** Script of the worker that installs, and milliseconds it may be silent. */
  readonly inference: string;
  readonly patience: number;
  readonly runtime: () => Promise<RuntimeAssets>;
  readonly spare: Pick<Spare, 'worker'>;
  /** The flavour that is made where nobody chose one. */
  readonly precisionOf: (card: ModelCard) => Promise<Precision | undefined>;
  /** Lets go of memory that nobody needs, before one that may need much begins. */
  readonly makeRoom: () => void;
  /** Reads anew what is installed. */
  readonly refresh: () => Promise<void>;
  /** As `refresh`, and tells other tabs. */
  readonly changed: () => Promise<void>;
  /** As `changed`, for a model whose worker may go on with it. */
  readonly installed: (id: string, fresh: Fresh) => Promise<void>;
}

/** An installation on its way. */
interface Running {
  readonly id: string;
  readonly controller: AbortController;
  /** Whether the model is there by now because another tab was quicker. */
  readonly overtaken: () => boolean;
  readonly ended: Promise<unknown>;
}

type RepairOptions = NonNullable<Parameters<Installing['repair']>[1]>;

export class Installer {
  readonly #running = new Set<Running>();
  #closed = false;

  constructor(private readonly parts: InstallerParts) {}

  /** As `Installing.install` says. */
  async install(model: string | ModelCard, options: InstallOptions = {}): Promise<ModelState> {
    if (this.#closed) throw new CancelledError('Winnow was closed.', 'closed');
    const { card, own } = this.#cardFor(model);
    const source = this.#sourceOf(card, options);
    const controller = new AbortController();
    const withdraw = () => controller.abort();
    options.signal?.addEventListener('abort', withdraw, { once: true });
    if (options.signal?.aborted) withdraw();
    const progress = new InstallProgress(options.onProgress);
    const job: GatherJob = {
      ...{ card, own, precision: options.precision, acceptChanged: options.acceptChanged ?? false },
      ...{ given: options.source ? (options.files ?? []) : [], progress, signal: controller.signal, kept: 0 },
      ...{ fetcher: this.parts.fetcher, inference: this.parts.inference, patience: this.parts.patience },
      fromSite: (asked) => this.parts.prepared.gather(asked),
    };
    const overtaken = this.#overtaking(card.id, source, options);
    const ended = this.#run(source, job, overtaken);
    const running: Running = { id: card.id, controller, overtaken, ended };
    this.#running.add(running);
    try {
      await ended;
      progress.finish();
    } catch (thrown) {
      if (!overtaken() || options.signal?.aborted) {
        // Not waited for: what was cancelled is to be over.
        void this.parts.changed();
        throw this.#closed ? new CancelledError('Winnow was closed.', 'closed') : thrown;
      }
    } finally {
      progress.stop();
      this.#running.delete(running);
      options.signal?.removeEventListener('abort', withdraw);
    }
    return this.parts.list.state(card.id)!;
  }

  /** Whether another tab has installed the same meanwhile; files of one's own are installed in any case. */
  #overtaking(id: string, source: InstallSource, { precision }: InstallOptions): () => boolean {
    const before = this.parts.list.state(id)?.installed?.at;
    return () => {
      const now = this.parts.list.state(id)?.installed;
      if (source.kind === 'files' || !now || now.at === before) return false;
      return precision === undefined || precision === now.precision;
    };
  }

  async #run(source: InstallSource, asked: GatherJob, overtaken: () => boolean): Promise<void> {
    const { card, signal, progress } = asked;
    if (signal.aborted) throw new CancelledError();
    // Asked for while somebody's click still counts; installing goes on without it.
    void navigator.storage?.persist?.().catch(() => false);
    // What a site hosts prepared is of one precision.
    const usual = source.kind === 'bundle' ? undefined : await this.parts.precisionOf(card);
    const precision = asked.precision ?? usual;
    const job = { ...asked, precision, kept: this.#keptBytes(source, card, precision) };
    const gathered = await gather(source, job);
    const say = () => progress.tell({ phase: 'download', done: 0, total: 0, state: { kind: 'shared' } });
    const name = `winnow-installing-${card.id}`;
    await withLock(
      name,
      { signal, onWait: gathered.done ? say : () => {}, hold: heldBy(this.parts.fetcher, name) },
      async () => {
        // Whoever had the lock before may have installed it, and deleted the files it is made from.
        if (gathered.done) await this.parts.refresh();
        if (overtaken()) return;
        const fresh = await this.#prepare(job, gathered);
        await this.parts.installed(card.id, fresh);
        if (!gathered.done) return;
        // Not sooner, as each weight is prepared: until the model has answered as it should, any of it may be read once
        // more (for the exact answer, or in place of a piece that was damaged), and a check that fails must not cost the
        // download. So both are here for a while, and that is what is asked for.
        await gathered.done();
        await this.parts.refresh();
      },
    );
  }

  /** Prepares and promotes; where a file turns out damaged, it is got again. */
  async #prepare(job: GatherJob, gathered: Gathered): Promise<Fresh> {
    const { card, own, precision, progress, signal, inference: url, patience } = job;
    this.parts.makeRoom();
    for (let tries = 0; ; tries++) {
      const request: InstallRequest = {
        ...{
          card: gathered.card ?? card,
          own,
          files: gathered.files(),
          origin: gathered.origin,
          runtime: await this.parts.runtime(),
        },
        ...(precision && { precision }),
        ...(gathered.prepared && { prepared: gathered.prepared }),
      };
      const threads = Promise.resolve(request.runtime.threads);
      const start = (busy: () => boolean) => this.parts.spare.worker(busy, threads);
      try {
        return await installInWorker({ url, start, request, onProgress: progress.tell, signal, patience });
      } catch (thrown) {
        await this.parts.fetcher.run((remote) => remote.tidy(card.id)).catch(() => {});
        const error = toWinnowError(thrown);
        if (signal.aborted || tries === MOST_REPAIRS || !(await gathered.again?.(error))) throw error;
      }
    }
  }

  /** As `Installing.look` says. */
  async look(model: string | ModelCard, options: LookOptions = {}): Promise<SourceInfo> {
    const { card, own } = this.#cardFor(model);
    const source = this.#sourceOf(card, options);
    const { found, elsewhere } = await this.#found(card, own, source, options);
    const files = found.map(sourceFile);
    const sum = (key: 'bytes' | 'here') => files.reduce((total, file) => total + file[key], 0);
    const precision = source.kind === 'bundle' ? undefined : await this.parts.precisionOf(card);
    const [bytes, here] = [sum('bytes'), sum('here')];
    const needed = bytes - here + this.#keptBytes(source, card, precision);
    return { files, bytes, here, elsewhere, needed, ...(await freeRoom()) };
  }

  /** Of the prepared model, about; 0 where its card does not say. */
  #keptBytes({ kind }: InstallSource, { id, install }: ModelCard, precision: Precision | undefined): number {
    if (kind === 'bundle') return this.parts.list.state(id)?.prepared?.bytes ?? 0;
    return (precision && install?.kept?.[precision]) ?? 0;
  }

  async #found(
    card: ModelCard,
    own: boolean,
    source: InstallSource,
    { acceptChanged = false, signal }: LookOptions,
  ): Promise<{ found: readonly FoundFile[]; elsewhere: SourceInfo['elsewhere'] }> {
    const { fetcher, prepared } = this.parts;
    if (source.kind === 'files')
      throw new InvalidError('invalid-input', 'Files of your own are here; there is nothing to ask for.');
    if (source.kind === 'bundle') {
      const asked = { card, precision: undefined, fetcher, signal };
      return { found: await prepared.look(asked), elsewhere: [] };
    }
    const { request, elsewhere } = lookRequest(source, { card, own, given: [], acceptChanged });
    return { found: await fetcher.run((remote, inner) => remote.look(request, inner), signal), elsewhere };
  }

  /** As `Installing.repository` says. */
  async repository(
    { repo, revision }: Parameters<Installing['repository']>[0],
    { source = { kind: 'hub' }, signal }: NonNullable<Parameters<Installing['repository']>[1]> = {},
  ): Promise<Repository> {
    if (source.kind === 'files' || source.kind === 'bundle')
      throw new InvalidError('invalid-input', 'A repository is on the Hub or on a mirror.');
    const request = { repo, ...(revision !== undefined && { revision }), ...downloadSource(source) };
    const found = await this.parts.fetcher.run((remote, inner) => remote.repository(request, inner), signal);
    return { ...found, small: found.small.map(({ path, bytes }) => new File([bytes], path)) };
  }

  /** As `Installing.repair` says. */
  async repair(model: string, { token, onProgress, signal }: RepairOptions = {}): Promise<ModelState> {
    const installed = this.parts.list.state(model)?.installed;
    if (!installed) throw new InvalidError('invalid-input', `${model} is not installed.`, { model });
    const { origin, files, precision } = installed;
    const source = originSource(origin, token);
    const given = source?.kind === 'bundle' ? undefined : files.find(({ repo }) => repo === undefined);
    if (!source || given)
      throw new InvalidError(
        'invalid-input',
        `It was installed from files that were chosen${given ? `, ${given.name} among them` : ''}. Choose them again to install it anew.`,
        { model },
      );
    return this.install(model, {
      source,
      precision,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
  }

  /** Ends what another tab has done meanwhile. */
  noticed(): void {
    for (const { controller, overtaken } of this.#running) if (overtaken()) controller.abort();
  }

  /** Cancels everything for good. */
  close(): void {
    this.#closed = true;
    void this.stop();
  }

  /** Cancels everything; resolves when all of it has ended. */
  async stop(): Promise<void> {
    const all = [...this.#running];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  #cardFor(model: string | ModelCard): { card: ModelCard; own: boolean } {
    const { card, own } = this.parts.list.cardFor(model);
    const problem = cardProblem(card, { draft: own });
    if (problem !== undefined)
      throw new InvalidError('invalid-input', `The card ${problem}. Correct it.`, {
        model: String(card?.id),
      });
    return { card, own };
  }

  #sourceOf({ id }: ModelCard, { source, files }: Pick<InstallOptions, 'source' | 'files'>): InstallSource {
    if (source) return source;
    if (files) return { kind: 'files', files };
    return { kind: this.parts.list.state(id)?.prepared ? 'bundle' : 'hub' };
  }
}

function originSource(
  origin: NonNullable<ModelState['installed']>['origin'],
  token: string | undefined,
): InstallSource | undefined {
  if (!origin || origin.kind === 'files') return undefined;
  const { kind, url, hosts } = origin;
  if (kind === 'bundle') return { kind };
  if (kind === 'mirror') return url === undefined ? undefined : { kind, url, ...(hosts && { hosts }) };
  return {
    kind,
    ...(url !== undefined && { endpoint: url }),
    ...(token && { token }),
    ...(hosts && { hosts }),
  };
}
