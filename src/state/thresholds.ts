/** The lines that everything on the bench is judged by: from the cards, from this browser, or from a link. */
import { clampRule, defaultPolicy, type Policy, type PolicyCard, type Rule, withRule } from '../core/policy';
import { applyShared, decodeThresholds, encodeThresholds, type SharedRule } from './share';
import type { Keeper } from './storage';
import { Store } from './store';

export interface ThresholdsState {
  readonly policy: Policy;
  /** `link`: from the address, not kept until something is moved here. */
  readonly source: 'cards' | 'kept' | 'link';
  /** Why a link was not used, or what of it was not. */
  readonly linkProblem?: string;
}

const EMPTY: Policy = { $schema: '', version: 1, models: Object.create(null) };

export class Thresholds {
  readonly store = new Store<ThresholdsState>({ policy: EMPTY, source: 'cards' });
  #defaults: Policy = EMPTY;

  constructor(readonly keeper: Keeper) {}

  /** Sets out from the cards, then what is kept, then the link's thresholds (undecoded, untrusted). */
  load(cards: readonly PolicyCard[], link?: string): void {
    this.#defaults = defaultPolicy(cards);
    const kept = this.#kept();
    const own: ThresholdsState = { policy: kept ?? this.#defaults, source: kept ? 'kept' : 'cards' };
    this.store.set(own);
    if (link !== undefined) this.follow(link);
  }

  /** Models that came since: their lines join as kept or from their cards; every other line stays where it is. */
  know(cards: readonly PolicyCard[]): void {
    const fresh = defaultPolicy(cards.filter(({ id }) => this.#defaults.models[id] === undefined)).models;
    if (Object.keys(fresh).length === 0) return;
    this.#defaults = { ...this.#defaults, models: { ...this.#defaults.models, ...fresh } };
    const kept = this.#kept()?.models ?? {};
    this.store.update((state) => {
      const models = { ...state.policy.models };
      for (const id of Object.keys(fresh)) models[id] = kept[id] ?? fresh[id]!;
      return { ...state, policy: { ...state.policy, models } };
    });
  }

  /** Models that left: their lines go from what is judged by, shared and copied. What is kept of them stays. */
  forget(ids: readonly string[]): void {
    const without = (policy: Policy): Policy => ({
      ...policy,
      models: Object.fromEntries(Object.entries(policy.models).filter(([id]) => !ids.includes(id))),
    });
    if (!ids.some((id) => this.#defaults.models[id])) return;
    this.#defaults = without(this.#defaults);
    this.store.update((state) => ({ ...state, policy: without(state.policy) }));
  }

  /** Takes over thresholds from an address. A bad link changes nothing and says why. */
  follow(link: string): void {
    const { policy } = this.store.get();
    if (link === encodeThresholds(policy)) return;
    try {
      const { policy: linked, unknown } = applyShared(policy, decodeThresholds(link));
      if (encodeThresholds(linked) === encodeThresholds(policy) && unknown === 0) return;
      const linkProblem = `${unknown} of its thresholds belong to models that are not here and were left out.`;
      this.store.set({ policy: linked, source: 'link', ...(unknown ? { linkProblem } : {}) });
    } catch (error) {
      this.store.update((state) => ({ ...state, linkProblem: error instanceof Error ? error.message : '' }));
    }
  }

  /** Back from a link to what this browser kept, or to the cards. */
  unfollow(): void {
    const kept = this.#kept();
    this.store.set({ policy: kept ?? this.#defaults, source: kept ? 'kept' : 'cards' });
  }

  rule(model: string, score: string): Rule | undefined {
    return this.store.get().policy.models[model]?.rules.find((rule) => rule.score === score);
  }

  /** Moves the lines of one score; `moved` is the one that stops at the other. */
  move(
    model: string,
    score: string,
    lines: { review: number; block: number },
    moved: 'review' | 'block',
  ): void {
    const rule = this.rule(model, score);
    if (!rule) return;
    const next = clampRule({ ...rule, ...lines }, moved);
    if (next.review === rule.review && next.block === rule.block) return;
    this.#change(withRule(this.store.get().policy, model, next));
  }

  /** One model back to its card. Returns what takes it back, or nothing when it was there already. */
  reset(model: string): (() => void) | undefined {
    const { policy } = this.store.get();
    const before = policy.models[model];
    const after = this.#defaults.models[model];
    if (!before || !after || this.isDefault(model)) return undefined;
    this.#change({ ...policy, models: { ...policy.models, [model]: after } });
    return () => {
      const now = this.store.get().policy;
      this.#change({ ...now, models: { ...now.models, [model]: before } });
    };
  }

  isDefault(model: string): boolean {
    const lines = (policy: Policy) =>
      (policy.models[model]?.rules ?? []).map((rule) => [rule.review, rule.block]);
    return JSON.stringify(lines(this.store.get().policy)) === JSON.stringify(lines(this.#defaults));
  }

  /** For the address; `undefined` while every line is where its card puts it. */
  shared(): string | undefined {
    const encoded = encodeThresholds(this.store.get().policy);
    return encoded === encodeThresholds(this.#defaults) ? undefined : encoded;
  }

  #change(policy: Policy): void {
    this.store.set({ policy, source: 'kept' });
    // Lines of models that are not here now are kept for when they come back.
    const others = this.keeper.kept.policy?.models;
    this.keeper.keep({ policy: { ...policy, models: { ...others, ...policy.models } } });
  }

  /** What is kept, laid over the cards: a rule whose card has changed its labels since is not carried over. */
  #kept(): Policy | undefined {
    const kept = this.keeper.kept.policy;
    if (!kept) return undefined;
    const rules: SharedRule[] = Object.entries(kept.models).flatMap(([model, entry]) =>
      entry.rules
        .filter((rule) => sameLabels(rule, this.#defaults.models[model]?.rules))
        .map(({ score, review, block }) => ({ model, score, review, block })),
    );
    return rules.length > 0 ? applyShared(this.#defaults, rules).policy : undefined;
  }
}

function sameLabels(rule: Rule, rules: readonly Rule[] | undefined): boolean {
  const known = rules?.find((other) => other.score === rule.score);
  return known !== undefined && known.labels.join('\n') === rule.labels.join('\n');
}
