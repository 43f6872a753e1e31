/** Stand-ins for tests only: an SDK whose answers the test gives, in the order it likes. */
import type { Installation, ModelCard } from '../catalog/card';
import type { Policy, Rule, Scores } from '../core/policy';
import type { RunInfo } from '../core/triage/types';
import { CancelledError, type SerializedError } from '../sdk/errors';
import type { Runs, RunsChange } from '../sdk/triage/types';
import type {
  Activity,
  ClassifyOptions,
  EmbeddingScores,
  Installed,
  InstallOptions,
  KeptDownload,
  ModelState,
  Repository,
  SourceInfo,
  StorageState,
  Winnow,
} from '../sdk/types';

export interface Asked<T> {
  readonly content: T;
  readonly model: string;
  readonly signal: AbortSignal | undefined;
  answer(scores: Scores): void;
  fail(error: Error): void;
}

/** One call that the test settles. It rejects by itself when its signal fires, unless told to be deaf. */
export function asking<T>(asked: Asked<T>[], deaf = false) {
  return (content: T, { model, signal }: { model: string; signal?: AbortSignal }): Promise<Scores> =>
    new Promise((resolve, reject) => {
      asked.push({ content, model, signal, answer: resolve, fail: reject });
      if (!deaf) signal?.addEventListener('abort', () => reject(new CancelledError()));
    });
}

/** Scores of a two-label model; `value` is P(pineapple). */
export function scoresOf(model: string, value: number): Scores {
  return {
    status: 'scored',
    model,
    labels: ['pineapple', 'other'],
    probabilities: [value, 1 - value],
    coverage: { unit: 'whole', checked: 1, total: 1 },
    backend: 'wasm',
    precision: 'exact',
    milliseconds: 1,
  };
}

export function rule(review: number, block: number, score = 'pineapple'): Rule {
  return { score, labels: ['pineapple'], review, block };
}

export function policyOf(rules: Readonly<Record<string, readonly Rule[]>>): Policy {
  const models = Object.fromEntries(Object.entries(rules).map(([id, each]) => [id, { rules: each }]));
  return { $schema: 'winnow-policy-1', version: 1, models };
}

export function cardOf(id: string, task: 'image' | 'text' = 'text'): ModelCard {
  return {
    id,
    name: `Stand-in ${id}`,
    task,
    summary: 'Fires on the word pineapple.',
    facts: 'Text · stand-in',
    source: { name: 'test', url: 'about:blank', revision: '0' },
    licence: 'MIT',
    languages: ['en'],
    intendedUse: 'Tests.',
    notFor: [],
    limits: [],
    labels: [{ name: 'pineapple' }, { name: 'other' }],
    scores: [
      { name: 'pineapple', labels: ['pineapple'], risk: true, review: 0.45, block: 0.7 },
      { name: 'other', labels: ['other'], risk: false },
    ],
    input: {
      kind: 'ngrams',
      characterBuckets: 1,
      wordBuckets: 1,
      characterSizes: [],
      wordSizes: [],
      windowCharacters: 1000,
    },
    activation: 'softmax',
    thresholdNote: 'Starting point, not calibrated on your data.',
  };
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}

/** An SDK that installs what it is told to, when the test says so. */
export class FakeWinnow implements Winnow {
  readonly asked: { readonly card: ModelCard; readonly options: InstallOptions; settle: Settle }[] = [];
  readonly opened: string[] = [];
  readonly #models = new Set<(models: readonly ModelState[], why?: 'lost') => void>();
  readonly #activity = new Set<(activity: Activity) => void>();
  /** What `scoreEmbeddings` answers. */
  embeddings: () => Promise<EmbeddingScores> = () => Promise.reject(new Error('not told what to answer'));
  /** What sources say, in the order they are asked; `look` waits for the test to settle it. */
  readonly looks: { readonly card: ModelCard; readonly options: LookOptions; settle: SettleLook }[] = [];
  readonly repaired: string[] = [];
  room: StorageState = { usage: 403e6, quota: 10e9, persisted: false, models: 403e6, downloads: 0 };
  kept: readonly KeptDownload[] = [];
  persisting: () => Promise<boolean | undefined> = async () => true;
  clearing: () => Promise<void> = async () => {};
  repositories: () => Promise<Repository> = () => Promise.reject(new Error('not told what to answer'));
  /** What `remove` does before the model is gone. */
  removing: () => Promise<void> = async () => {};

  constructor(public list: readonly ModelState[]) {}

  models = async () => this.list;
  classifyText = async (_text: string, { model }: ClassifyOptions) => scoresOf(model, 0.1);
  classifyImage = async (_image: Blob, { model }: ClassifyOptions) => scoresOf(model, 0.1);
  batch = (): never => {
    throw new Error('No screen that is tested with this starts a batch.');
  };
  gather = (): never => {
    throw new Error('No screen that is tested with this gathers anything.');
  };
  /** What the browser keeps of triage; nothing that is done within a run is tested with this. */
  keptRuns: readonly RunInfo[] = [];
  readonly #runs = new Set<(change: RunsChange) => void>();
  readonly runs = {
    list: async () => this.keptRuns,
    onChange: (listener: (change: RunsChange) => void) => {
      this.#runs.add(listener);
      return () => this.#runs.delete(listener);
    },
  } as Pick<Runs, 'list' | 'onChange'> as Runs;
  tellRuns(change: RunsChange): void {
    for (const listener of this.#runs) listener(change);
  }
  keepInputs = async () => {};
  keptInputs = async () => [];
  forgetInputs = async () => {};
  open = async (model: string) => {
    this.opened.push(model);
    return { backend: 'wasm', precision: 'exact', threads: 1, milliseconds: 1 } as const;
  };
  release = async () => {};
  readonly preferred: [string, string | undefined][] = [];
  prefer = async (model: string, backend?: string) => void this.preferred.push([model, backend]);
  measuring: Winnow['measure'] = () => Promise.reject(new CancelledError());
  measure: Winnow['measure'] = (options) => this.measuring(options);
  readonly #withdrawn = new Set<Parameters<Winnow['onWithdrawn']>[0]>();
  onWithdrawn: Winnow['onWithdrawn'] = (listener) => {
    this.#withdrawn.add(listener);
    return () => this.#withdrawn.delete(listener);
  };
  withdraw(scores: readonly Scores[], reason: SerializedError, sha256 = '', at = Date.now()): void {
    const of = scores.map((each) => ({ model: each.model, backend: each.backend, sha256, at, scores: each }));
    for (const listener of this.#withdrawn) listener(scores, reason, of);
  }
  preview = () => Promise.reject(new CancelledError());
  checkCanvas = async () => ({ exact: true, largest: 0 });
  embedImage = () => Promise.reject(new CancelledError());
  embedText = () => Promise.reject(new CancelledError());
  scoreEmbeddings = () => this.embeddings();
  close = async () => {};

  install = (model: string | ModelCard, options: InstallOptions = {}): Promise<ModelState> => {
    const card = typeof model === 'string' ? this.list.find((each) => each.card.id === model)!.card : model;
    return new Promise((resolve, reject) => {
      const done = (installed: Partial<Installed> = {}) => {
        const state = installedState(card, installed);
        this.tell([...this.list.filter((each) => each.card.id !== card.id), state]);
        resolve(state);
      };
      this.asked.push({ card, options, settle: { done, fail: reject } });
      options.signal?.addEventListener('abort', () => reject(new CancelledError()));
    });
  };

  look = (model: string | ModelCard, options: LookOptions = {}): Promise<SourceInfo> =>
    new Promise((resolve, reject) => {
      const card = typeof model === 'string' ? this.list.find((each) => each.card.id === model)!.card : model;
      this.looks.push({ card, options, settle: { done: resolve, fail: reject } });
      options.signal?.addEventListener('abort', () => reject(new CancelledError()));
    });

  repository = () => this.repositories();
  storage = async () => this.room;
  persist = () => this.persisting();
  downloads = async () => this.kept;

  repair = (model: string, options: InstallOptions & { token?: string } = {}): Promise<ModelState> => {
    this.repaired.push(model);
    return this.install(model, options);
  };

  usualPrecision = async ({ install }: ModelCard) => install?.precision.wasm;
  removeDownloads = async (model?: string): Promise<void> => {
    this.kept = this.kept.filter((each) => model !== undefined && each.model !== model);
    this.tell(
      this.list.map((each) => {
        const { interrupted: _, ...rest } = each;
        return model === undefined || each.card.id === model ? rest : each;
      }),
    );
  };

  keepBuild = async (): Promise<void> => {};

  clear = async (): Promise<void> => {
    await this.clearing();
    this.kept = [];
    this.tell(
      this.list.flatMap((each): ModelState[] => {
        if (each.state === 'bundled') return [each];
        return each.card.id.startsWith('own-') ? [] : [{ card: each.card, state: 'available', bytes: 0 }];
      }),
    );
  };

  remove = async (model: string): Promise<void> => {
    await this.removing();
    this.tell(
      this.list.flatMap((each) =>
        each.card.id !== model
          ? [each]
          : each.card.id.startsWith('own-')
            ? []
            : [{ card: each.card, state: 'available' as const, bytes: 0 }],
      ),
    );
  };

  onModels = (listener: (models: readonly ModelState[], why?: 'lost') => void): (() => void) => {
    this.#models.add(listener);
    return () => this.#models.delete(listener);
  };

  onActivity = (listener: (activity: Activity) => void): (() => void) => {
    this.#activity.add(listener);
    return () => this.#activity.delete(listener);
  };

  /** As if another tab, or the SDK itself, had changed the list. */
  tell(list: readonly ModelState[], why?: 'lost'): void {
    this.list = list;
    for (const listener of this.#models) listener(list, why);
  }

  does(activity: Activity): void {
    for (const listener of this.#activity) listener(activity);
  }
}

export type LookOptions = NonNullable<Parameters<Winnow['look']>[1]>;

export interface SettleLook {
  done(info: SourceInfo): void;
  fail(error: Error): void;
}

export interface Settle {
  done(installed?: Partial<Installed>): void;
  fail(error: Error): void;
}

export function installedState(card: ModelCard, installed: Partial<Installed> = {}): ModelState {
  const kept = {
    precision: 'exact',
    bytes: 1_000,
    at: '2026-11-20T12:00:00.000Z',
    files: [],
    ...installed,
  } as const;
  return { card, state: 'installed', bytes: kept.bytes, installed: kept };
}

/** A card of a model that is not part of the build. */
export function installableCard(
  id: string,
  files: Installation['files'],
  task: 'image' | 'text' = 'image',
): ModelCard {
  return {
    ...cardOf(id, task),
    install: { family: 'stand-in', files, precision: { wasm: 'exact', webgpu: 'half' } },
  };
}
