/** Which models there are, which stand in each lane, and what each is doing. */
import type { ModelCard } from '../catalog/card';
import type { Progress } from '../rpc/contract';
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Activity, Installed, ModelState, RunsOn, Winnow } from '../sdk/types';
import type { Keeper } from './storage';
import { Store } from './store';

export interface BenchModel {
  readonly card: ModelCard;
  readonly state: ModelState['state'];
  readonly bytes: number;
  readonly sha256?: string;
  /** This site offers it prepared. */
  readonly prepared?: NonNullable<ModelState['prepared']>;
  /** An unfinished download of it is here. */
  readonly interrupted?: NonNullable<ModelState['interrupted']>;
  /** Of an installed one: what was kept, when, from which files. */
  readonly installed?: Installed;
  /** Bytes that repairing it fetches at most. */
  readonly repairBytes?: number;
  /** What it is opened on, and why. */
  readonly runs?: RunsOn;
  /** One that is at work is told as `ready`, never as `busy`. */
  readonly activity?: Activity;
  /** While opening. */
  readonly progress?: Progress;
  /** Why it could not be opened, until somebody tries again. */
  readonly error?: SerializedError;
}

export interface ModelsState {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error?: SerializedError;
  readonly models: readonly BenchModel[];
  /** Model ids on the bench, in the order they were put there. */
  readonly chosen: readonly string[];
}

export type ModelsSource = Pick<Winnow, 'models' | 'open' | 'onActivity' | 'release'>;

/** Where the choices of what stands on the bench are kept between visits. */
export type Choices = Pick<Keeper, 'kept' | 'keep'>;

export class Models {
  readonly store = new Store<ModelsState>({ status: 'loading', models: [], chosen: [] });
  readonly #opening = new Map<string, AbortController>();
  #unsubscribe: (() => void) | undefined;

  constructor(
    readonly winnow: ModelsSource,
    readonly choices?: Choices,
  ) {}

  /** Reads the list, sets up the bench as it was left, and opens what stands on it ahead of its first use. */
  async start(): Promise<readonly ModelCard[]> {
    this.#unsubscribe?.();
    try {
      const states = await this.winnow.models();
      const chosen = states.filter((model) => this.#stands(model)).map((model) => model.card.id);
      this.store.set({ status: 'ready', models: states, chosen });
      this.#unsubscribe = this.winnow.onActivity((activity) => this.#heard(activity));
      for (const id of chosen) void this.open(id);
      return states.map((model) => model.card);
    } catch (thrown) {
      this.store.update((state) => ({
        ...state,
        status: 'failed',
        error: toWinnowError(thrown).serialize(),
      }));
      return [];
    }
  }

  /** Opens a model; also *Try again*. What goes wrong is shown in its panel, never thrown. */
  async open(id: string, check = false): Promise<boolean> {
    this.#opening.get(id)?.abort();
    const controller = new AbortController();
    this.#opening.set(id, controller);
    this.#patch(id, { error: undefined, progress: undefined });
    const mine = () => this.#opening.get(id) === controller;
    try {
      await this.winnow.open(id, {
        signal: controller.signal,
        ...(check && { check }),
        onProgress: (progress) => mine() && this.#patch(id, { progress }),
      });
      return true;
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (mine() && error.kind !== 'cancelled') this.#patch(id, { error: error.serialize() });
      return false;
    } finally {
      if (mine()) {
        this.#opening.delete(id);
        this.#patch(id, { progress: undefined });
      }
    }
  }

  /** After models were installed or removed. What is gone leaves the bench; the rest keeps what it was doing. */
  sync(states: readonly ModelState[]): void {
    const known = new Map(this.store.get().models.map((model) => [model.card.id, model]));
    const models = states.map((state): BenchModel => {
      const before = known.get(state.card.id);
      // Another state is another network: what was said of the one before does not hold for it.
      if (before?.state !== state.state || before.installed?.at !== state.installed?.at) return state;
      // What came and went between the two is as the new one says.
      const { prepared: _, interrupted: __, runs: ___, repairBytes: ____, ...rest } = before;
      return { ...rest, ...state };
    });
    const runs = new Set(states.filter((each) => each.state !== 'available').map((each) => each.card.id));
    for (const [id, controller] of this.#opening) if (!runs.has(id)) controller.abort();
    this.store.update((state) => ({
      ...state,
      models,
      chosen: state.chosen.filter((id) => runs.has(id)),
    }));
  }

  /** *Check again*: opens the model anew, which runs its self-test. */
  recheck(id: string): Promise<boolean> {
    return this.open(id, true);
  }

  choose(id: string, on: boolean): void {
    this.choices?.keep({ bench: { ...this.choices.kept.bench, [id]: on } });
    this.store.update((state) => {
      const others = state.chosen.filter((other) => other !== id);
      return { ...state, chosen: on ? [...others, id] : others };
    });
  }

  get(id: string): BenchModel | undefined {
    return this.store.get().models.find((model) => model.card.id === id);
  }

  /** Ids of the chosen models of one lane. */
  lane(task: ModelCard['task']): readonly string[] {
    const { chosen } = this.store.get();
    return chosen.filter((id) => this.get(id)?.card.task === task);
  }

  dispose(): void {
    this.#unsubscribe?.();
    for (const controller of this.#opening.values()) controller.abort();
    this.#opening.clear();
  }

  /** As it was left; otherwise what is part of the build stands there, and what is large waits to be asked for. */
  #stands({ card, state }: ModelState): boolean {
    const bench = this.choices?.kept.bench ?? {};
    return state !== 'available' && (Object.hasOwn(bench, card.id) ? bench[card.id]! : state === 'bundled');
  }

  /** Between busy and ready it goes with every item, which says nothing to anybody and would draw every screen anew. */
  #heard(activity: Activity): void {
    const state = activity.state === 'busy' ? 'ready' : activity.state;
    const { activity: known } = this.get(activity.model) ?? {};
    const same =
      known?.state === state && known.opened === activity.opened && known.restarts === activity.restarts;
    if (!same || known.error || activity.error)
      this.#patch(activity.model, { activity: { ...activity, state } });
  }

  #patch(id: string, change: { [Key in keyof BenchModel]?: BenchModel[Key] | undefined }): void {
    this.store.update((state) => ({
      ...state,
      models: state.models.map((model) => (model.card.id === id ? merged(model, change) : model)),
    }));
  }
}

/** `undefined` in the change removes the field. */
function merged(model: BenchModel, change: object): BenchModel {
  const next: Record<string, unknown> = { ...model, ...change };
  for (const [key, value] of Object.entries(change)) if (value === undefined) delete next[key];
  return next as unknown as BenchModel;
}
