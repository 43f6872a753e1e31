/** Files to install from → sorted, recognised, built: what installing and planning both begin with. */
import type { OpenedCheckpoint } from '../../core/checkpoint/open';
import { openCheckpoint } from '../../core/checkpoint/open';
import type { InstallRequest } from '../../rpc/contract';
import { unpackZip } from '../unpack';
import { type Built, buildModel } from './build';
import type { OpenedFile } from './files';

export interface OpenedModelFiles {
  readonly checkpoint: OpenedCheckpoint;
  readonly built: Built;
}

/** Reads headers and configurations, no weights. Rejects as `openCheckpoint` and `buildModel` do. */
export async function openAndBuild(
  { card, precision, own }: Pick<InstallRequest, 'card' | 'precision' | 'own'>,
  files: readonly OpenedFile[],
  signal?: AbortSignal,
): Promise<OpenedModelFiles> {
  const checkpoint = await openCheckpoint(
    files.map(({ source }) => source),
    {
      ...(signal && { signal }),
      published: card.install?.files.map(({ path }) => path) ?? [],
      unpack: (archive, inner) => unpackZip(archive, inner ? { signal: inner } : {}),
    },
  );
  return { checkpoint, built: await buildModel(card, checkpoint, { precision, own, signal }) };
}
