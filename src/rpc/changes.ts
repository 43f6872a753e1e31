/** What tabs tell each other of installed models, and workers tell tabs. */

/** Name of the BroadcastChannel. */
export const MODELS_CHANNEL = 'winnow-models';

/**
 * `clearing`: everything is about to be deleted, and whoever holds a part of it should let go, until it is `cleared`.
 * `lost`: the browser has closed the database, as it does when its contents are deleted under it.
 * `updated`: a newer version of Winnow, in another tab, has taken over what is kept.
 */
export type Change = (typeof CHANGES)[number];
export const CHANGES = ['changed', 'clearing', 'cleared', 'lost', 'updated'] as const;

/** A model of this id is about to be deleted by somebody. */
export interface Removing {
  readonly removing: string;
}

/** What another tab, perhaps of another version, has said. What is not understood may be any change. */
export function parseChange(data: unknown): Change | Removing {
  const { removing } = (data ?? {}) as Partial<Removing>;
  if (typeof removing === 'string') return { removing };
  return CHANGES.find((change) => change === data) ?? 'changed';
}
