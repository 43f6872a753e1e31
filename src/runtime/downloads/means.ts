/** What a download takes from the browser, so that tests can give something else. */
import { CancelledError } from '../../core/errors';
import type { Hasher } from './hasher';

export interface Means {
  fetch(address: string, init: RequestInit): Promise<Response>;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** False when the browser is sure that there is no network. */
  online(): boolean;
  /** To follow a file of that many bytes with. */
  hasher(bytes: number): Promise<Hasher>;
  /** Of the page: requests to it need no permission of the server's. */
  readonly origin: string;
  /** Whether the policy of this worker has stopped a request since `since` (as `now`). */
  stopped(since: number): Promise<boolean>;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly stallMs: number;
}

/** Rejects with CancelledError when the signal fires. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CancelledError());
    const stop = () => {
      clearTimeout(timer);
      reject(new CancelledError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
