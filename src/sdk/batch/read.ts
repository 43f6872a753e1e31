/** An item's content when it is its turn: what it is, and the hash of its bytes. */

import { FailedError, InvalidError, throwIfAborted, toWinnowError, WinnowError } from '../../core/errors';
import { MAX_FILE_BYTES } from '../../core/image/limits';
import { sha256 as slowSha256 } from '../../core/sha256';
import { deadlineOf } from '../deadline';
import type { BatchItem } from './types';

/** The content itself; a function's is asked for. Rejects as it does, and with `timeout` when it never answers. */
export async function contentOf(
  { content }: BatchItem,
  deadline: number,
  signal: AbortSignal,
): Promise<Blob | string> {
  throwIfAborted(signal);
  if (typeof content !== 'function') return content;
  const found = await settled(content, deadline, signal).catch((thrown: unknown) => {
    throw notOurs(toWinnowError(thrown), signal);
  });
  if (typeof found === 'string' || found instanceof Blob) return found;
  throw new InvalidError('invalid-input', 'This is neither a text nor a file. Choose another copy.');
}

function settled<T>(work: () => Promise<T>, deadline: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => {
      const seconds = Math.round(deadline / 1000);
      reject(new FailedError('timeout', `Could not be read within ${seconds} s. Try again.`, { seconds }));
    };
    const stop = deadlineOf(deadline, late);
    const withdraw = () => reject(signal.reason);
    signal.addEventListener('abort', withdraw, { once: true });
    // A function that throws at once is one that rejects.
    Promise.resolve()
      .then(work)
      .then(resolve, reject)
      .finally(() => {
        stop();
        signal.removeEventListener('abort', withdraw);
      });
  });
}

/** A cancellation that nobody here asked for is a failure: the item would be passed over in silence. */
function notOurs(error: WinnowError, signal: AbortSignal): WinnowError {
  if (error.kind !== 'cancelled' || signal.aborted) return error;
  return new FailedError('internal', 'Reading it was stopped. Try again.', {}, { cause: error });
}

/** What an item is taken to take before it is read, in bytes. */
export function expectedSize({ content, bytes = UNKNOWN }: BatchItem): number {
  return typeof content === 'function' ? Math.max(0, bytes) : sizeOf(content);
}

const UNKNOWN = 1024 * 1024;

/** UTF-16 takes two bytes a character here; a file is what it says. */
export const sizeOf = (content: Blob | string): number =>
  typeof content === 'string' ? 2 * content.length : content.size;

export interface Hashed {
  /** Empty for a file over the limit, which is refused without being read. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * SHA-256 of the bytes. Rejects with InvalidError('unreadable-file') when they went away or changed, FailedError('timeout') when they
 * never come, as from a share that is gone, and as `signal` says.
 */
export async function hashed(content: Blob | string, deadline: number, signal: AbortSignal): Promise<Hashed> {
  if (typeof content === 'string') {
    const bytes = new TextEncoder().encode(content);
    return { sha256: await sha256(bytes), bytes: bytes.length };
  }
  if (content.size > MAX_FILE_BYTES) return { sha256: '', bytes: content.size };
  const read = await settled(() => content.arrayBuffer(), deadline, signal).catch((cause: unknown) => {
    if (signal.aborted || cause instanceof WinnowError) throw cause;
    const message = 'The file changed or was removed after it was picked. Pick it again.';
    throw new InvalidError('unreadable-file', message, {}, { cause });
  });
  return { sha256: await sha256(new Uint8Array(read)), bytes: read.byteLength };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Pages over plain HTTP have none, unless they are this machine's own.
  if (!globalThis.crypto?.subtle) return slowSha256(bytes);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
