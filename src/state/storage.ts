/** What is kept between visits: thresholds, settings and which models stand on the bench. Never content. */
import type { Policy } from '../core/policy';
import { parsePolicy } from '../core/policy';

export const STORAGE_KEY = 'winnow.bench.1';

/** The part of `Storage` that is used; every method may throw where the browser denies storage. */
export type KeyValue = Pick<Storage, 'getItem' | 'setItem'>;

export type Theme = 'system' | 'light' | 'dark';

export interface Kept {
  readonly policy?: Policy;
  readonly theme?: Theme;
  readonly pressOnce?: boolean;
  /** By model id, for those that somebody put on the bench or took off. */
  readonly bench?: Readonly<Record<string, boolean>>;
}

/** Reads and writes the one key. `denied` turns true at the first refusal and stays; nothing throws. */
export class Keeper {
  denied = false;
  #kept: Kept;

  /** `open` hands out the storage: in some frames the mere access to `localStorage` throws. */
  constructor(readonly open: () => KeyValue | undefined) {
    this.#kept = this.#read();
  }

  get kept(): Kept {
    return this.#kept;
  }

  /** Merges into what is kept. Memory always has it; the disk when the browser lets it. */
  keep(change: Kept): void {
    this.#kept = { ...this.#kept, ...change };
    this.#try((storage) => storage.setItem(STORAGE_KEY, JSON.stringify({ version: 1, ...this.#kept })));
  }

  #read(): Kept {
    const text = this.#try((storage) => storage.getItem(STORAGE_KEY));
    if (!text) return {};
    try {
      return parseKept(JSON.parse(text));
    } catch {
      // Somebody else's or a damaged value: start from the cards. It is overwritten by the next change.
      return {};
    }
  }

  #try<T>(action: (storage: KeyValue) => T): T | undefined {
    try {
      const storage = this.open();
      if (storage) return action(storage);
    } catch {
      // Falls through: denied, full, or gone.
    }
    this.denied = true;
    return undefined;
  }
}

function parseKept(value: unknown): Kept {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) return {};
  const { policy, theme, pressOnce, bench } = value as Record<string, unknown>;
  return {
    ...(theme === 'light' || theme === 'dark' || theme === 'system' ? { theme } : {}),
    ...(typeof pressOnce === 'boolean' ? { pressOnce } : {}),
    ...choices(bench),
    ...parsed(policy),
  };
}

const MAX_CHOICES = 200;

function choices(bench: unknown): Kept {
  if (typeof bench !== 'object' || bench === null) return {};
  const found = Object.entries(bench).filter(([, on]) => typeof on === 'boolean');
  return found.length === 0 ? {} : { bench: Object.fromEntries(found.slice(0, MAX_CHOICES)) };
}

function parsed(policy: unknown): Kept {
  try {
    return policy === undefined ? {} : { policy: parsePolicy(policy) };
  } catch {
    return {};
  }
}
