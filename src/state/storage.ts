/** What is kept between visits: thresholds, settings, views, and which models stand on the bench. Never content. */
import type { Policy } from '../core/policy';
import { parsePolicy } from '../core/policy';
import { type Column, parseColumns } from './triage/columns';

export const STORAGE_KEY = 'winnow.bench.1';

/** The part of `Storage` that is used; every method may throw where the browser denies storage. */
export type KeyValue = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export type Theme = 'system' | 'light' | 'dark';

export interface Kept {
  readonly policy?: Policy;
  readonly theme?: Theme;
  readonly pressOnce?: boolean;
  readonly holdTexts?: boolean;
  readonly breaks?: boolean;
  /** As `state/settings` has them. */
  readonly blurStrength?: number;
  readonly greyStrength?: number;
  /** By model id, for those that somebody put on the bench or took off. */
  readonly bench?: Readonly<Record<string, boolean>>;
  /** By model id, where an unfinished installation comes from. Never a token. */
  readonly sources?: Readonly<Record<string, KeptSource>>;
  /** Names of what was installed, by id: what the browser has deleted since can be told. */
  readonly installed?: Readonly<Record<string, string>>;
  /** Ids of runs of triage with decisions, for the same. */
  readonly runs?: readonly string[];
  /** Of triage's table; absent: those that fit the window. */
  readonly columns?: readonly Column[] | undefined;
  readonly views?: readonly NamedView[];
}

/** How a run is looked at, under a name. */
export interface NamedView {
  readonly name: string;
  /** As `triage/view-query` writes it. */
  readonly query: string;
}

export interface KeptSource {
  readonly kind: 'hub' | 'mirror' | 'bundle';
  /** Of a mirror. */
  readonly url?: string;
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

  /** Forgets everything, here and on the disk. */
  clear(): void {
    this.#kept = {};
    this.#try((storage) => storage.removeItem(STORAGE_KEY));
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
  const { policy, theme, bench, sources, installed, runs, columns, views } = value as Record<string, unknown>;
  return {
    ...(theme === 'light' || theme === 'dark' || theme === 'system' ? { theme } : {}),
    ...switches(value),
    ...strength('blurStrength', value, 0.5, 2),
    ...strength('greyStrength', value, 0.5, 1),
    ...choices(bench),
    ...unfinished(sources),
    ...names(installed),
    ...looks(columns, views),
    ...ids(runs),
    ...parsed(policy),
  };
}

function switches(value: object): Kept {
  const found = (['pressOnce', 'holdTexts', 'breaks'] as const).flatMap((name) => {
    const on = (value as Kept)[name];
    return typeof on === 'boolean' ? [[name, on] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Weaker than the least would show what is hidden. */
function strength(name: 'blurStrength' | 'greyStrength', value: object, least: number, most: number): Kept {
  const kept: unknown = (value as Kept)[name];
  return typeof kept === 'number' && kept >= least && kept <= most ? { [name]: kept } : {};
}

const MAX_CHOICES = 200;

function looks(chosen: unknown, named: unknown): Kept {
  const columns = parseColumns(chosen);
  const views = (Array.isArray(named) ? named : []).flatMap((one): NamedView[] => {
    const { name, query } = (one ?? {}) as Partial<Record<'name' | 'query', unknown>>;
    if (typeof name !== 'string' || typeof query !== 'string') return [];
    return name !== '' && name.length < 200 && query.length < 4_000 ? [{ name, query }] : [];
  });
  return { ...(columns && { columns }), ...(views.length > 0 && { views: views.slice(0, MAX_CHOICES) }) };
}

function choices(bench: unknown): Kept {
  if (typeof bench !== 'object' || bench === null) return {};
  const found = Object.entries(bench).filter(([, on]) => typeof on === 'boolean');
  return found.length === 0 ? {} : { bench: Object.fromEntries(found.slice(0, MAX_CHOICES)) };
}

function names(installed: unknown): Kept {
  if (typeof installed !== 'object' || installed === null) return {};
  const found = Object.entries(installed).filter(([, name]) => typeof name === 'string' && name.length < 500);
  return found.length === 0 ? {} : { installed: Object.fromEntries(found.slice(0, MAX_CHOICES)) };
}

function ids(runs: unknown): Kept {
  if (!Array.isArray(runs)) return {};
  const found = runs.filter((id): id is string => typeof id === 'string' && id.length < 100);
  return found.length === 0 ? {} : { runs: found.slice(0, MAX_CHOICES) };
}

function unfinished(sources: unknown): Kept {
  if (typeof sources !== 'object' || sources === null) return {};
  const found = Object.entries(sources).flatMap(([id, value]): [string, KeptSource][] => {
    const { kind, url } = (value ?? {}) as Partial<Record<'kind' | 'url', unknown>>;
    if (kind === 'mirror') return typeof url === 'string' && url.length < 2_000 ? [[id, { kind, url }]] : [];
    return kind === 'hub' || kind === 'bundle' ? [[id, { kind }]] : [];
  });
  return found.length === 0 ? {} : { sources: Object.fromEntries(found.slice(0, MAX_CHOICES)) };
}

function parsed(policy: unknown): Kept {
  try {
    return policy === undefined ? {} : { policy: parsePolicy(policy) };
  } catch {
    return {};
  }
}
