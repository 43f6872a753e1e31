/**
 * Finding a run's items again after a restart: where they lay and how large and old they were first, what they hold when they are
 * read. A file that was changed meanwhile is not the item that was decided on (I14).
 */
import { sha256 } from '../sha256';

/** Where something lies and what is known of it without reading it. */
export interface Place {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Of a table, from 1. */
  readonly row?: number;
}

/** What a run knows of an item. */
export interface Known {
  readonly id: string;
  /** As `linkOf` gave it. */
  readonly link?: string;
  /** Empty while it was never read. */
  readonly sha256: string;
  readonly bytes?: number;
  /** Only where the run keeps names. */
  readonly path?: string;
}

/**
 * What is kept of a place, 64 hex digits: without its run nobody can look a name up in it, or recognise the file in another
 * run. SHA-256 over the parts with a zero between them.
 */
export function linkOf(run: string, { path, bytes, modified, row = 0 }: Place): string {
  return sha256([run, path.toWellFormed(), bytes, modified, row].join('\0'));
}

export type Linked<T extends Known> =
  /** Probably this one: `confirm` when its bytes are known. */
  | { readonly kind: 'found'; readonly item: T }
  /** Its path is known with another size or time. */
  | { readonly kind: 'changed'; readonly item: T; readonly note: string }
  | { readonly kind: 'new' };

export const CHANGED =
  'The file has changed since it was first added. Decisions on it as it was are kept with the old item.';

/** Matches what is found with what a run had, each item once. */
export class Relinker<T extends Known> {
  readonly #byLink = new Map<string, T>();
  readonly #byPath = new Map<string, T>();
  readonly #byHash = new Map<string, T>();
  readonly #missing = new Set<T>();
  readonly #sizes = new Set<number>();

  /** `isHere`: it was found before, so that the same bytes elsewhere are a copy of it. */
  constructor(
    private readonly run: string,
    items: Iterable<T>,
    private readonly isHere: (item: T) => boolean = () => false,
  ) {
    for (const item of items) {
      this.#missing.add(item);
      if (item.link !== undefined) this.#byLink.set(item.link, item);
      if (item.path !== undefined) this.#byPath.set(item.path, item);
      // The first of several with the same bytes: they are duplicates, and any of them will do.
      if (item.sha256 === '' || isHere(item)) continue;
      if (item.bytes !== undefined) this.#sizes.add(item.bytes);
      if (!this.#byHash.has(item.sha256)) this.#byHash.set(item.sha256, item);
    }
  }

  /** Before it is read. */
  match(place: Place): Linked<T> {
    const linked = this.#byLink.get(linkOf(this.run, place));
    if (linked && this.#missing.delete(linked)) return { kind: 'found', item: linked };
    const path = place.row === undefined ? this.#byPath.get(place.path) : undefined;
    if (path && this.#missing.has(path)) return { kind: 'changed', item: path, note: CHANGED };
    return { kind: 'new' };
  }

  /** Whether something of this size may be an item that lay elsewhere: only reading it tells. */
  mayBe(bytes: number): boolean {
    return this.#sizes.has(bytes);
  }

  /**
   * Once its bytes are known: `linked` as `match` gave it, or another item whose bytes these are, wherever it lay. What was
   * found by its place and holds something else is new, with a note, and the old item is missing again.
   */
  confirm(linked: Linked<T>, sha256: string): Linked<T> {
    if (linked.kind === 'found') {
      const { item } = linked;
      if (item.sha256 === '' || item.sha256 === sha256) return linked;
      this.#missing.add(item);
    }
    const same = this.#byHash.get(sha256);
    if (same && !this.isHere(same) && this.#missing.delete(same)) return { kind: 'found', item: same };
    if (linked.kind === 'found') return { kind: 'changed', item: linked.item, note: CHANGED };
    return linked;
  }

  /** Items that nothing was found for. */
  missing(): readonly T[] {
    return [...this.#missing];
  }
}
