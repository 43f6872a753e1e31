/** The worker that keeps runs, and the channel on which tabs tell each other of them. */
import * as Comlink from 'comlink';
import { type JournalContract, RUNS_CHANNEL, type RunNews } from '../../rpc/journal';
import { Supervisor } from '../supervisor';
import type { RunsChange } from './types';

/** Longer than the worker tries with a database that does not answer. */
const LEAST_DEADLINE = 60_000;
/** Imports take as long as the file is long. */
const NO_DEADLINE = 2 ** 31 - 1;

/** What an open run asks of whoever keeps it. */
export interface Keeping {
  run<R>(job: (remote: Comlink.Remote<JournalContract>) => Promise<R>): Promise<R>;
  /** Tells this tab and others. */
  news(what: RunNews['what'], run: string): void;
  onChange(listener: (change: RunsChange) => void): () => void;
}

export class Keeper implements Keeping {
  readonly #store: Supervisor<JournalContract>;
  readonly #imports: Supervisor<JournalContract>;
  readonly #listeners = new Set<(change: RunsChange) => void>();
  #channel: BroadcastChannel | undefined;

  constructor(options: { readonly url: string; readonly deadline: number; readonly idle: number }) {
    const { url, idle } = options;
    this.#store = new Supervisor({
      url,
      idle,
      deadline: Math.max(options.deadline, LEAST_DEADLINE),
      lanes: 8,
    });
    this.#imports = new Supervisor({ url, idle: 1_000, deadline: NO_DEADLINE });
    try {
      this.#channel = new BroadcastChannel(RUNS_CHANNEL);
      this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#tell(changeOf(data));
    } catch {
      // In frames without it, other tabs learn of changes at their next decision.
    }
  }

  run<R>(job: (remote: Comlink.Remote<JournalContract>) => Promise<R>): Promise<R> {
    return this.#store.run(job);
  }

  import(file: Blob, onImport: (done: number, total: number) => void, signal?: AbortSignal) {
    return this.#imports.run((remote, inner) => remote.import(file, Comlink.proxy(onImport), inner), signal);
  }

  news(what: RunNews['what'], run: string): void {
    this.#channel?.postMessage({ v: 1, what, run } satisfies RunNews);
    this.#tell({ what, run, here: true });
  }

  onChange(listener: (change: RunsChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the workers, and with them what they hold of the database. */
  release(): void {
    this.#store.release();
    this.#imports.release();
  }

  close(): void {
    this.#channel?.close();
    this.#store.close();
    this.#imports.close();
    this.#listeners.clear();
  }

  #tell(change: RunsChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

const WHATS: readonly RunNews['what'][] = ['records', 'items', 'now', 'list'];

/** A tab of another version may say anything. */
export function changeOf(data: unknown): RunsChange {
  const { v, what, run } = (data ?? {}) as Partial<Record<string, unknown>>;
  const known = WHATS.find((one) => one === what);
  return v === 1 && known && typeof run === 'string' ? { what: known, run } : { what: 'other-version' };
}
