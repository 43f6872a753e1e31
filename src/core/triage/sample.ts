/** Decided items that come round again, without the first decision being shown, and how far the two agree. */
import { sha256 } from '../sha256';
import type { Decision, RunSettings } from './types';

/**
 * Whether an item is part of the second pass. By its content and the run's seed alone, so it is the same after a
 * restart, and does not depend on the order in which items were decided.
 */
export function inSecondPass(
  { percent, seed }: RunSettings['secondPass'],
  item: { readonly id: string; readonly sha256: string },
): boolean {
  const word = Number.parseInt(sha256(`${seed}:${item.id}:${item.sha256}`).slice(0, 8), 16);
  return word / 2 ** 32 < percent / 100;
}

export interface Agreement {
  /** Items decided twice. */
  readonly items: number;
  readonly same: number;
  /** 0 to 1; absent without items. */
  readonly share?: number;
  /** Cohen's kappa (1960): agreement beyond what chance gives; absent where chance alone gives all of it. */
  readonly kappa?: number;
  /** How often which pair came, first decision first. */
  readonly pairs: readonly { readonly first: Decision; readonly second: Decision; readonly items: number }[];
}

export function agreement(pairs: Iterable<readonly [first: Decision, second: Decision]>): Agreement {
  const counts = new Map<string, { first: Decision; second: Decision; items: number }>();
  const [firsts, seconds] = [new Map<Decision, number>(), new Map<Decision, number>()];
  let [items, same] = [0, 0];
  for (const [first, second] of pairs) {
    items += 1;
    if (first === second) same += 1;
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
    const entry = counts.get(`${first} ${second}`);
    if (entry) entry.items += 1;
    else counts.set(`${first} ${second}`, { first, second, items: 1 });
  }
  if (items === 0) return { items, same, pairs: [] };
  let chance = 0;
  for (const [decision, times] of firsts) chance += (times / items) * ((seconds.get(decision) ?? 0) / items);
  const share = same / items;
  return {
    ...{ items, same, share },
    ...(chance < 1 && { kappa: (share - chance) / (1 - chance) }),
    pairs: [...counts.values()].sort((a, b) => b.items - a.items),
  };
}
