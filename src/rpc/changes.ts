/** What tabs tell each other of installed models, and workers tell tabs. */

/** Name of the BroadcastChannel. */
export const MODELS_CHANNEL = 'winnow-models';

/**
 * `clearing`: everything is about to be deleted, and whoever holds a part of it should let go, until it is `cleared`.
 * `lost`: the browser has closed the database, as it does when its contents are deleted under it.
 */
export type Change = (typeof CHANGES)[number];
export const CHANGES = ['changed', 'clearing', 'cleared', 'lost'] as const;
