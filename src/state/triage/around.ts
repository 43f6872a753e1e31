/** What was decided about items like one, for whoever decides without looking. */
import type { Sieve } from '../../core/triage/sieve';
import type { Decision } from '../../core/triage/types';
import type { Likenesses } from './likeness';

export interface Around {
  readonly items: number;
  readonly decisions: Readonly<Partial<Record<Decision | 'open', number>>>;
}

/** `alike`: the others of its stack. `near`: those that are less like it. */
export function decisionsAround(
  { likenesses, sieve }: { readonly likenesses: Likenesses; readonly sieve: Sieve },
  ordinal: number,
): { readonly alike: Around; readonly near: Around } {
  const stack = new Set(likenesses.of(ordinal));
  const others = likenesses.similar(ordinal).flatMap(({ item }) => (item === ordinal ? [] : [item]));
  return {
    alike: counted(
      sieve,
      [...stack].filter((item) => item !== ordinal),
    ),
    near: counted(
      sieve,
      others.filter((item) => !stack.has(item)),
    ),
  };
}

function counted(sieve: Sieve, items: readonly number[]): Around {
  const decisions: Partial<Record<Decision | 'open', number>> = {};
  for (const item of items) {
    const decision = sieve.decision(item) ?? 'open';
    decisions[decision] = (decisions[decision] ?? 0) + 1;
  }
  return { items: items.length, decisions };
}
