/**
 * Spine 1: card and files → recognise → build → compare → prepare → check → promote. Runs in a worker of its own. Of a large
 * model another one does what follows preparing: WASM never gives memory back.
 */

import { Holder } from '../core/checkpoint/held';
import { readsOf } from '../core/prepare/prepare';
import type { InstallRequest, OnProgress } from '../rpc/contract';
import { step } from '../rpc/step';
import type { Built } from './install/build';
import { startExact } from './install/exact';
import { checkFiles, hashedBytes, openFiles } from './install/files';
import { type Checking, handOn, type InstalledModel } from './install/finish';
import { openAndBuild } from './install/open';
import { layoutsOf, writePieces } from './install/write';
import { Draft } from './store/draft';

/** Of the files, kept for the exact answer until its part of them is complete; beyond, it reads them again. */
const HELD_BYTES = 96e6;

/** A file of so few bytes is read in one go: its weights one by one would be a millisecond or two each. */
const AT_ONCE_BYTES = 64e6;

/**
 * Prepares a model from its published files and keeps it in this browser, or leaves a large one to be checked by another
 * worker. Nothing is offered before all of it succeeded, and what was kept until then is deleted. Rejects with InvalidError, UnsupportedError, FailedError
 * ('self-test-failed', 'out-of-memory', 'storage-full', 'storage-unavailable') or CancelledError.
 */
export async function installModel(
  request: InstallRequest,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<InstalledModel | Checking> {
  step('installing');
  const holder = new Holder(HELD_BYTES);
  const opened = (await openFiles(request.files)).map((file) => ({
    ...file,
    source: holder.file(file.source),
  }));
  const { built } = await openAndBuild(request, opened, signal);
  for (const { source, kept } of opened)
    if (source.size <= AT_ONCE_BYTES && !kept?.partial) holder.want({ source, start: 0, end: source.size });
  const progress = preparing(built, hashedBytes(request.card, opened), onProgress);
  step('network planned');
  const files = await checkFiles(request.card, opened, signal, progress.add);
  step('files hashed');
  const { card, precision } = built;
  const { origin = { kind: 'files' as const } } = request;
  const written = { card, precision, files, origin, layouts: layoutsOf(built) };
  const draft = await Draft.begin(card.id, signal);
  try {
    const { runtime } = request;
    const exact = await startExact(built, { holder, runtime, signal });
    await writePieces(built, draft, {
      onRead: progress.add,
      signal,
      between: exact && (() => exact.advance()),
    });
    step('weights written');
    return await handOn(draft, written, { runtime, onProgress, signal, exact: await exact?.finish() });
  } finally {
    // Does nothing once it was promoted or left to another; a failure to tidy up must not hide why it was needed.
    await draft.discard().catch(() => {});
  }
}

interface Preparing {
  add(bytes: number): void;
}

/** Bytes hashed and read so far, of all that will be. */
function preparing({ parts }: Built, hashed: number, onProgress?: OnProgress): Preparing {
  const total = parts.reduce((sum, { network }) => sum + readsOf(network.weights), hashed);
  let done = 0;
  onProgress?.({ phase: 'prepare', done, total });
  return {
    add(bytes) {
      done += bytes;
      onProgress?.({ phase: 'prepare', done, total });
    },
  };
}
