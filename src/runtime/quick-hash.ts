/** A hash for what this browser keeps: told at once, whether bytes are still what they were. */
import { createXXHash128 } from 'hash-wasm';

export type QuickHash = (bytes: Uint8Array) => string;

/**
 * XXH128 (https://xxhash.com), 32 hex digits in lower case. It finds damage as surely as any of 128 bits, in a tenth of the time
 * that SHA-256 takes the browser; it does not withstand somebody who alters bytes on purpose, who would alter the hash beside them.
 * What comes from elsewhere is compared by SHA-256.
 */
export function quickHash(): Promise<QuickHash> {
  started ??= createXXHash128().then((hasher) => (bytes) => hasher.init().update(bytes).digest('hex'));
  return started;
}

/** One of a thread will do: each answer is there before anybody else can ask. */
let started: Promise<QuickHash> | undefined;

export const isQuickHash = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
