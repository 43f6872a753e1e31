/**
 * Errors a caller can act on. `code` is public API: it is shown in small type beside the item, kept in
 * exports, and tested; the message is wording and may change. A class per reaction, not per cause:
 * what the caller does next is what separates them.
 */

/** Every code Winnow can answer with, and the class it belongs to. */
export type ErrorCode =
  // Unsupported: another file or another model is needed.
  | 'unsupported-format'
  | 'too-large'
  | 'unsupported-model'
  | 'unsupported-browser'
  // No graphics processor, or one that lacks what this needs: WASM does without.
  | 'gpu-unavailable'
  // Invalid: this file or this input is broken.
  | 'empty-file'
  | 'damaged-file'
  | 'unreadable-file'
  | 'invalid-input'
  | 'invalid-model'
  | 'invalid-policy'
  // Invalid: what a source sent is not the file that was asked for.
  | 'source-changed'
  | 'source-damaged'
  | 'wrong-size'
  | 'web-page'
  | 'host-blocked'
  // Failed: the machine did not deliver; trying again may help.
  | 'timeout'
  | 'worker-died'
  | 'worker-failed'
  | 'inference-failed'
  | 'gpu-lost'
  | 'invalid-output'
  | 'self-test-failed'
  | 'out-of-memory'
  | 'asset-missing'
  | 'asset-corrupt'
  | 'storage-full'
  | 'storage-unavailable'
  // Failed on the network: what has arrived is kept.
  | 'offline'
  | 'gated'
  | 'not-found'
  | 'rate-limited'
  | 'server-failed'
  | 'internal'
  // Cancelled: somebody asked for it.
  | 'cancelled'
  | 'closed';

/** Details a screen can show; plain JSON so that they cross a thread unchanged. Never content. */
export type ErrorData = Readonly<Record<string, string | number | boolean>>;

export interface SerializedError {
  readonly kind: 'unsupported' | 'invalid' | 'failed' | 'cancelled';
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: ErrorData;
}

export abstract class WinnowError extends Error {
  abstract readonly kind: SerializedError['kind'];
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data: ErrorData = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  serialize(): SerializedError {
    return { kind: this.kind, code: this.code, message: this.message, data: this.data };
  }
}

/** The input is of a kind Winnow does not take, or is over a documented limit. Retrying cannot help. */
export class UnsupportedError extends WinnowError {
  readonly kind = 'unsupported';
}

/** The input claims to be something it is not, or is broken. Retrying cannot help; another copy may. */
export class InvalidError extends WinnowError {
  readonly kind = 'invalid';
}

/** The machine failed at a valid request: deadline, crash, memory, wrong numbers. Retrying may help. */
export class FailedError extends WinnowError {
  readonly kind = 'failed';
}

/** The caller, or a newer request, withdrew it. Never shown as a failure. */
export class CancelledError extends WinnowError {
  readonly kind = 'cancelled';
  constructor(message = 'Cancelled.', code: 'cancelled' | 'closed' = 'cancelled') {
    super(code, message);
  }
}

/** The same class on the other side of a thread. */
export function deserializeError(error: SerializedError): WinnowError {
  switch (error.kind) {
    case 'unsupported':
      return new UnsupportedError(error.code, error.message, error.data);
    case 'invalid':
      return new InvalidError(error.code, error.message, error.data);
    case 'cancelled':
      return new CancelledError(error.message, error.code === 'closed' ? 'closed' : 'cancelled');
    default:
      return new FailedError(error.code, error.message, error.data);
  }
}

/** Anything thrown, as a WinnowError. Unknown throws become `internal`, with the original as cause. */
export function toWinnowError(thrown: unknown): WinnowError {
  if (thrown instanceof WinnowError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return new CancelledError();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof RangeError && /memory|allocation|array buffer/i.test(message))
    return new FailedError('out-of-memory', 'The browser ran out of memory.', {}, { cause: thrown });
  return new FailedError('internal', message || 'Unknown error.', {}, { cause: thrown });
}

/** Throws CancelledError when the signal has fired; the first line of every asynchronous step. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}
