/** The end of an installation: of a small model where it was prepared, of a large one in a worker of its own. */
import type { OnProgress, RuntimeAssets, WrittenModel } from '../../rpc/contract';
import { startRuntime } from '../engine';
import type { ExactAnswers } from '../probes';
import { Draft, type WrittenDraft } from '../store/draft';
import { type InstalledModel, type PromoteOptions, promoteChecked, type Written } from './promote';

export type { InstalledModel } from './promote';

/**
 * Bytes of weights beyond which another worker checks them. It takes the browser 2 s to end a worker whose threads wait (Chromium
 * 156), and until then memory is held twice: of a model like Freepik's, whose 90 MB run in three times as much, there is nothing to gain.
 */
const LARGE = 100e6;

/** Left to another worker. */
export interface Checking {
  readonly checking: WrittenModel;
}

/** What crosses from one worker to the other, which are of one build. */
interface Left {
  readonly draft: WrittenDraft;
  readonly written: Written;
  readonly exact: ExactAnswers | undefined;
}

/**
 * Checks and promotes a small model, as `promoteChecked`. A large one is left to a worker whose memory preparing has not
 * filled, and which opens it as every later one does: in which order weights are asked for depends on what was there before.
 */
export async function handOn(
  draft: Draft,
  written: Written,
  options: PromoteOptions,
): Promise<InstalledModel | Checking> {
  const large = Object.entries(draft.pieces).some(
    ([piece, refs]) => piece.endsWith('.weights') && refs.reduce((sum, { bytes }) => sum + bytes, 0) > LARGE,
  );
  if (!large) return promoteChecked(draft, written, options);
  const left: Left = { draft: draft.leave(), written, exact: options.exact };
  return { checking: { id: draft.id, left } };
}

/** Goes on with what another worker left, once its lock is free. Rejects as `promoteChecked`. */
export async function finishInstall(
  { left }: WrittenModel,
  runtime: RuntimeAssets,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<InstalledModel> {
  const { draft: before, written, exact } = left as Left;
  // As a worker does that only opens it.
  await startRuntime(runtime);
  const draft = await Draft.resume(before);
  try {
    return await promoteChecked(draft, written, { runtime, exact, onProgress, signal, fresh: true });
  } finally {
    await draft.discard().catch(() => {});
  }
}
