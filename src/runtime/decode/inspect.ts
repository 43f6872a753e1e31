/** Everything about a file that is known before it is decoded. */
import { InvalidError, throwIfAborted } from '../../core/errors';
import { checkFileSize } from '../../core/image/dimensions';
import { extensionLie, readImageHeader } from '../../core/image/header';
import { checkPngData } from '../../core/image/png-data';
import type { ReadRange } from '../../core/image/ranges';
import { checkFileStructure, trailingNote } from '../../core/image/structure';
import type { ImageHeader } from '../../core/image/types';
import { paintsShortPng } from './probe';

export interface Inspected {
  readonly header: ImageHeader;
  /** Frames in the file; undefined where only the decoder can tell. */
  readonly frames: number | undefined;
  /** Things a moderator should know, each a sentence. */
  readonly notes: readonly string[];
}

/** Read at least: each read of a Blob goes through another process, whatever its size. */
const READ_AHEAD = 512 * 1024;

/** Reads ranges of a Blob. A file that changed or went away after it was picked is `unreadable-file` (I14). */
export function blobReader(blob: Blob): ReadRange {
  let from = 0;
  let kept = new Uint8Array(0);
  return async (start, end) => {
    const last = Math.min(end, blob.size);
    if (start < from || last > from + kept.length) {
      try {
        const end = Math.max(last, start + READ_AHEAD);
        // A slice is a Blob of its own, which that process hears of first: half a millisecond.
        const part = start === 0 && end >= blob.size ? blob : blob.slice(start, end);
        kept = new Uint8Array(await part.arrayBuffer());
        from = start;
      } catch (error) {
        throw unreadable(error);
      }
    }
    return kept.subarray(start - from, Math.max(0, last - from));
  };
}

function unreadable(cause: unknown): InvalidError {
  const message = 'The file changed or was removed after it was picked. Pick it again.';
  return new InvalidError('unreadable-file', message, {}, { cause });
}

/**
 * Header and completeness of a picture, without decoding it. `onHeader` hears of the header before the walk
 * through the whole file, so that decoding can begin meanwhile. Throws what `readImageHeader` throws, `damaged-file`
 * when the file is cut short, and `unreadable-file`.
 */
export async function inspectImage(
  blob: Blob,
  name?: string,
  signal?: AbortSignal,
  onHeader?: (header: ImageHeader) => void,
): Promise<Inspected> {
  throwIfAborted(signal);
  checkFileSize(blob.size);
  const read = blobReader(blob);
  const header = await readImageHeader(read, blob.size, signal);
  onHeader?.(header);
  const structure = await checkFileStructure(header.format, read, blob.size, signal);
  if (header.format === 'PNG' && (await paintsShortPng())) await checkPngData(read, blob.size, signal);
  const frames = structure.frames ?? header.frames;
  const notes = [
    ...header.notes,
    ...(structure.notes ?? []),
    extensionLie(name ?? '', header),
    trailingNote(structure, blob.size),
  ].filter((note) => note !== null);
  return { header: { ...header, animated: header.animated || (frames ?? 1) > 1 }, frames, notes };
}
