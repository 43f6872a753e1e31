/** Files and stored Blobs as bytes by range: asynchronously for readers, at once for ONNX Runtime. */
import type { ByteSource } from '../core/checkpoint/source';
import {
  FailedError,
  InvalidError,
  throwIfAborted,
  UnsupportedError,
  type WinnowError,
} from '../core/errors';
import type { ReadSync } from '../core/prepare/mount';

/** A Blob or File as a source; nothing is read before it is asked for. `name` is for messages. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(start, end, signal) {
      throwIfAborted(signal);
      try {
        return new Uint8Array(await blob.slice(start, end).arrayBuffer());
      } catch (cause) {
        throw unreadable(name, cause);
      }
    },
  };
}

/**
 * Reads of one Blob that return at once; in workers only. Composing a Blob of stored parts copies nothing.
 * Throws FailedError('asset-corrupt') when the browser has lost what it stored.
 */
export function blobReadSync(blob: Blob): ReadSync {
  const reader = new FileReaderSync();
  return (start, end) => {
    try {
      return new Uint8Array(reader.readAsArrayBuffer(blob.slice(start, end)));
    } catch (cause) {
      throw lost(cause);
    }
  };
}

/** All of a stored Blob at once. Throws as `blobReadSync`. */
export async function blobRead(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw lost(cause);
  }
}

/** What a failed read of something stored means. */
function lost(cause: unknown): FailedError {
  return (
    outOfMemory(cause) ??
    new FailedError(
      'asset-corrupt',
      'A part of this model can no longer be read from this browser. Remove it and install it again.',
      {},
      { cause },
    )
  );
}

/** What a failed read of a picked file means to the person who picked it. Without a name where the words are kept (C05). */
export function unreadable(name: string | undefined, cause: unknown): WinnowError {
  const known = outOfMemory(cause);
  if (known) return known;
  const kind = cause instanceof DOMException ? cause.name : '';
  if (kind === 'NotReadableError' || kind === 'NotFoundError')
    return new InvalidError(
      'unreadable-file',
      name === undefined
        ? 'The file changed or cannot be read any more. Choose it again.'
        : `${name}: the file changed or cannot be read any more. Choose it again.`,
      {},
      { cause },
    );
  if (kind === 'SecurityError')
    return new UnsupportedError(
      'unsupported-browser',
      `${name === undefined ? 'This' : `${name}: this`} browser does not allow the file to be read here. Choose it in a tab of its own.`,
      {},
      { cause },
    );
  return new InvalidError(
    'unreadable-file',
    `${name ?? 'It'} cannot be read. Choose it again.`,
    {},
    { cause },
  );
}

function outOfMemory(cause: unknown): FailedError | undefined {
  if (!(cause instanceof RangeError)) return undefined;
  return new FailedError('out-of-memory', 'The browser ran out of memory. Close other tabs.', {}, { cause });
}
