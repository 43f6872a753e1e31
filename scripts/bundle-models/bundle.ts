/** One model: its published files on disk → prepared files and their manifest. The pipeline is the browser's own. */
import { join } from 'node:path';
import type { ModelCard } from '../../src/catalog/card';
import { pinProblem } from '../../src/catalog/fits';
import {
  PREPARED_MANIFEST,
  type PreparedModel,
  parsePrepared,
  preparedFiles,
} from '../../src/catalog/prepared';
import { openCheckpoint } from '../../src/core/checkpoint/open';
import { InvalidError } from '../../src/core/errors';
import type { Precision } from '../../src/core/policy/types';
import { readsOf } from '../../src/core/prepare/prepare';
import { buildModel } from '../../src/runtime/install/build';
import { layoutsOf, writePieces } from '../../src/runtime/install/write';
import { unpackZip } from '../../src/runtime/unpack';
import { FilePieces, sweepFolder, writeWhole } from './pieces';
import { hashed, openFolder } from './sources';

export interface BundleOptions {
  readonly card: ModelCard;
  /** The card is somebody's own, not the catalog's. */
  readonly own: boolean;
  /** Of the published files. */
  readonly files: string;
  /** The model's folder is made below it. */
  readonly out: string;
  readonly precision?: Precision | undefined;
  /** Every file of the folder, not only those that the card names. */
  readonly all?: boolean;
  /** Bytes read of bytes to read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes `<out>/<id>/`: files first, the manifest last, and then deletes what an earlier one left. Throws as installing
 * in a browser does; what was there before is usable until the new one is complete.
 */
export async function bundleModel(options: BundleOptions): Promise<PreparedModel> {
  const { card, own, out, precision, onProgress } = options;
  const folder = await openFolder(options.files, card, options.all);
  try {
    const opened = await openCheckpoint(
      folder.files.map(({ source }) => source),
      {
        unpack: (archive) => unpackZip(archive),
        // Everything means everything: two that hold weights are named.
        published: options.all ? [] : (card.install?.files.map(({ path }) => path) ?? []),
      },
    );
    const built = await buildModel(card, opened, { precision, own });
    const files = await hashed(folder.files);
    const problem = files.map((file) => pinProblem(card, file)).find((each) => each !== undefined);
    if (problem !== undefined) throw new InvalidError('invalid-model', `${card.name} ${problem}.`);
    const layouts = layoutsOf(built);
    const target = join(out, built.card.id);
    const pieces = new FilePieces(target);
    const total = built.parts.reduce((sum, { network }) => sum + readsOf(network.weights), 0);
    let done = 0;
    await writePieces(built, pieces, {
      onRead(bytes) {
        done += bytes;
        onProgress?.(done, total);
      },
    });
    const manifest = {
      ...{ version: 1, card: built.card, precision: built.precision },
      bytes: Object.values(pieces.pieces)
        .flat()
        .reduce((sum, file) => sum + file.bytes, 0),
      ...{ pieces: pieces.pieces, layouts, files },
    };
    const text = `${JSON.stringify(manifest)}\n`;
    // As the app will read it: what it would refuse is refused here.
    const prepared = parsePrepared(new TextEncoder().encode(text));
    await writeWhole(join(target, PREPARED_MANIFEST), text);
    await sweepFolder(target, preparedFiles(prepared));
    return prepared;
  } finally {
    await folder.close();
  }
}
