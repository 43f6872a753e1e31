/** Notes of this device: what storage has, with what could not be kept yet. */
import { type DeviceNote, type DeviceNotes, NO_NOTES, noted } from '../rpc/device';

/** Milliseconds that opening a model waits for what other tabs have noted: storage that is being deleted may never answer. */
const PATIENCE = 1_000;

export interface NotesStore {
  read(): Promise<DeviceNotes>;
  /** Keeps one thing more; resolves with all that is known then. */
  write(note: DeviceNote): Promise<DeviceNotes>;
}

export class KeptNotes {
  #stored = NO_NOTES;
  #unkept: readonly DeviceNote[] = [];
  #all = NO_NOTES;
  /** One after the other: what was read before something was written is older than it. */
  #last: Promise<void> = Promise.resolve();
  #reading: Promise<void> | undefined;
  /** Goes up when everything is cleared: what was under way before is not to bring it back. */
  #epoch = 0;
  /** They were read, as far as there is anything to read. */
  readonly known: Promise<void>;

  /** `first`: what storage has, already asked for. */
  constructor(
    private readonly store: NotesStore,
    first: Promise<DeviceNotes>,
  ) {
    // Where nothing is kept, it is found out anew in every page.
    this.known = this.#read(() => first);
  }

  get all(): DeviceNotes {
    return this.#all;
  }

  /** Holds in this page at once, and is kept with the next that can be, where it cannot be now. Never rejects. */
  async add(note: DeviceNote): Promise<void> {
    this.#unkept = [...this.#unkept, note];
    this.#show();
    await this.#after(() => this.#keep());
  }

  /** Reads what other tabs have noted meanwhile. Never rejects. */
  async again(): Promise<void> {
    // Whoever opens a model asks twice at the same time: for its worker, and for what the worker is to run.
    this.#reading ??= this.#read(() => this.store.read()).finally(() => {
      this.#reading = undefined;
    });
    const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
    await Promise.race([this.#reading, late]);
  }

  /** Everything was cleared. */
  forget(): void {
    this.#epoch += 1;
    this.#unkept = [];
    this.#take(NO_NOTES);
  }

  /** What could not be kept so far, in its order: one that cannot be has those behind it wait, which may be about the same. */
  async #keep(): Promise<void> {
    const epoch = this.#epoch;
    for (let [next] = this.#unkept; next; [next] = this.#unkept) {
      const stored = await this.store.write(next).catch(() => undefined);
      if (!stored || epoch !== this.#epoch) return;
      this.#unkept = this.#unkept.slice(1);
      this.#take(stored);
    }
  }

  #read(source: () => Promise<DeviceNotes>): Promise<void> {
    return this.#after(async () => {
      const epoch = this.#epoch;
      const stored = await source().catch(() => undefined);
      if (stored && epoch === this.#epoch) this.#take(stored);
    });
  }

  #after(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    return this.#last;
  }

  #take(stored: DeviceNotes): void {
    this.#stored = stored;
    this.#show();
  }

  #show(): void {
    this.#all = this.#unkept.reduce(noted, this.#stored);
  }
}
