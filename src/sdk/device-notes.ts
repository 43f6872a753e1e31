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
  #epoch = 0;
  /** They were read, as far as there is anything to read. */
  readonly known: Promise<void>;

  /** `first`: what storage has, already asked for. */
  constructor(
    private readonly store: NotesStore,
    first: Promise<DeviceNotes>,
  ) {
    // Where nothing is kept, it is found out anew in every page.
    this.known = this.#after(() => first);
  }

  get all(): DeviceNotes {
    return this.#all;
  }

  /** Holds in this page at once, and is kept with the next that can be, where it cannot be now. Never rejects. */
  async add(note: DeviceNote): Promise<void> {
    this.#unkept = [...this.#unkept, note];
    this.#show();
    await this.#after(async () => {
      const epoch = this.#epoch;
      let notes: DeviceNotes | undefined;
      for (let [next] = this.#unkept; next && epoch === this.#epoch; [next] = this.#unkept) {
        // One that cannot be kept has those behind it wait: they may be about the same.
        const kept = await this.store.write(next).catch(() => undefined);
        if (!kept || epoch !== this.#epoch) break;
        notes = kept;
        this.#unkept = this.#unkept.slice(1);
      }
      return notes;
    });
  }

  /** Reads what other tabs have noted meanwhile. Never rejects. */
  async again(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
    await Promise.race([this.#after(() => this.store.read()), late]);
  }

  /** Everything was cleared. */
  forget(): void {
    this.#epoch += 1;
    this.#unkept = [];
    this.#stored = NO_NOTES;
    this.#show();
  }

  #after(work: () => Promise<DeviceNotes | undefined>): Promise<void> {
    this.#last = this.#last.then(async () => {
      const epoch = this.#epoch;
      const notes = await work().catch(() => undefined);
      if (!notes || epoch !== this.#epoch) return;
      this.#stored = notes;
      this.#show();
    });
    return this.#last;
  }

  #show(): void {
    this.#all = this.#unkept.reduce(noted, this.#stored);
  }
}
