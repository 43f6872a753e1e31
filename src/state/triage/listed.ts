/**
 * The hash list that somebody loaded: in this tab's memory until it is removed or the tab closes, never stored, exported or
 * sent (C04). It marks items as *Listed*, and has no say in a verdict.
 */
import { type SerializedError, toWinnowError } from '../../sdk/errors';
import { type HashList, HashListReader } from '../../sdk/triage';
import { Store } from '../store';

export interface ListedState {
  readonly reading: boolean;
  /** How many hashes; nothing else of the list can be had. */
  readonly size: number;
  /** Lines that were no SHA-256. */
  readonly skipped: number;
  readonly error?: SerializedError;
}

const NONE: ListedState = { reading: false, size: 0, skipped: 0 };

export class Listed {
  readonly store = new Store<ListedState>(NONE);
  #list: HashList | undefined;
  /** Counts up with every file: what an older one still reads is dropped. */
  #turn = 0;

  has(sha256: string): boolean {
    return this.#list?.has(sha256) ?? false;
  }

  /** Takes the place of the list that was loaded before. A file that is none leaves that as it was. */
  async load(file: Blob): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.store.update(({ error: _, ...state }) => ({ ...state, reading: true }));
    try {
      const reader = new HashListReader();
      const texts = file
        .stream()
        .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>);
      for (const pieces = texts.getReader(); ; ) {
        const { done, value } = await pieces.read();
        if (turn !== this.#turn) return void pieces.cancel();
        if (done) break;
        reader.take(value);
      }
      const { list, skipped } = reader.end();
      this.#list = list;
      this.store.set({ reading: false, size: list.size, skipped });
    } catch (thrown) {
      if (turn !== this.#turn) return;
      const error = toWinnowError(thrown).serialize();
      this.store.update((state) => ({ ...state, reading: false, error }));
    }
  }

  clear(): void {
    this.#turn += 1;
    this.#list = undefined;
    this.store.set(NONE);
  }
}
