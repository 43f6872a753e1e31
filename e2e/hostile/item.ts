/** One hostile file and what must become of it. */
import type { ErrorCode } from '../../src/core/errors';

/** Small valid pictures by file name, from e2e/fixtures/images/base. */
export type Base = Readonly<Record<string, Uint8Array>>;

export interface Item {
  /** Fault case, then what is special, such as `I10 still.jpg cut at 50 %`. Unique. */
  readonly id: string;
  /** As it would be dropped. */
  readonly name: string;
  /**
   * `error`: refused, with `code` where one is named. `pixels`: judged like any picture. `cut`: part of the
   * picture is missing, so never pixels. `any`: pixels or a typed error.
   */
  readonly expect: 'error' | 'pixels' | 'cut' | 'any';
  readonly code?: ErrorCode;
  /** A note that must be among the notes. */
  readonly note?: RegExp;
  /** Refused from the header, so in at most 5 ms. */
  readonly header?: boolean;
  /** Takes seconds or hundreds of megabytes: left to the long run. */
  readonly slow?: boolean;
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/** Refused by its header. */
export function refused(id: string, name: string, code: ErrorCode, bytes: Item['bytes']): Item {
  return { id, name, expect: 'error', code, header: true, bytes };
}
