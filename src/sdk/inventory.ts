/** What is installed, read anew whenever that may have changed; tells what the browser deleted from what somebody did. */
import type { KeptModel } from '../rpc/contract';
import type { DownloadsState } from '../rpc/downloads';
import type { ModelList } from './list';

/** What is missing may be explained by another tab a little later than it is missed. */
const GRACE_MS = 300;
/** Milliseconds between two looks where nothing could be read, or nothing is missing yet of what the browser deletes. */
const PAUSES = [100, 300, 1_000, 3_000];
/** A database that is deleted while it is read may never answer. */
const READ_MS = 5_000;

export interface InventoryParts {
  /** Rejects where it cannot be known just now. */
  readonly read: () => Promise<{ kept: readonly KeptModel[]; downloads: DownloadsState }>;
  readonly list: Pick<ModelList, 'states'>;
  /** `lost`: what is missing now was deleted by the browser. */
  readonly show: (kept: readonly KeptModel[], downloads: DownloadsState, why?: 'lost') => void;
  /** Nothing may be read: it is over, or everything is being deleted. */
  readonly paused: () => boolean;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export class Inventory {
  /** One look after the other: an older answer must not be shown after a newer one. */
  #last: Promise<void> = Promise.resolve();
  /** The browser has closed the database; what it deletes may still be there. */
  #losing = false;
  /** Ids of models that somebody deletes, here or in another tab, and does not miss. */
  readonly #removed = new Set<string>();
  #tries = 0;
  #again = false;

  constructor(private readonly parts: InventoryParts) {}

  /** Reads anew, and shows it. Where it cannot be known, nothing is shown, and it is tried again later. Never rejects. */
  refresh(why?: 'lost'): Promise<void> {
    if (why === 'lost') {
      this.#losing = true;
      this.#tries = 0;
    }
    this.#last = this.#last.then(() => this.#look()).catch(() => {});
    return this.#last;
  }

  /** Somebody deletes this model, so that it is not missed. */
  expect(id: string): void {
    this.#removed.add(id);
  }

  /** As `expect`, unless `work` fails to. */
  async removing(id: string, work: () => Promise<void>): Promise<void> {
    this.expect(id);
    await work().catch((thrown: unknown) => {
      this.#removed.delete(id);
      throw thrown;
    });
  }

  async #look(): Promise<void> {
    if (this.parts.paused()) return;
    const late = (this.parts.wait ?? sleep)(READ_MS).then(() => undefined);
    const found = await Promise.race([this.parts.read().catch(() => undefined), late]);
    if (this.parts.paused()) return;
    // Not known is not the same as gone.
    if (!found) return this.#later();
    const { kept, downloads } = found;
    const here = new Set(kept.map(({ card }) => card.id));
    for (const id of here) this.#removed.delete(id);
    // One that a newer version has made anew is there, and cannot be read.
    const missed = () => (downloads.unreadable ? [] : this.#missed(here));
    if (missed().length > 0 && !this.#losing) await (this.parts.wait ?? sleep)(GRACE_MS);
    if (this.parts.paused()) return;
    const lost = missed().length > 0;
    this.parts.show(kept, downloads, lost ? 'lost' : undefined);
    if (this.#losing && !lost) return this.#later();
    this.#losing = false;
    this.#tries = 0;
  }

  /** Installed until now, and not here any more, though nobody has deleted it. */
  #missed(here: ReadonlySet<string>): string[] {
    return this.parts.list
      .states()
      .flatMap(({ card, installed }) =>
        installed && !here.has(card.id) && !this.#removed.has(card.id) ? [card.id] : [],
      );
  }

  /** Looks again after a while, a few times: a deletion takes its time, and reading fails as long as it lasts. */
  #later(): void {
    if (this.#again) return;
    const pause = PAUSES[this.#tries++];
    if (pause === undefined) {
      this.#losing = false;
      this.#tries = 0;
      return;
    }
    this.#again = true;
    void (this.parts.wait ?? sleep)(pause).then(() => {
      this.#again = false;
      return this.refresh();
    });
  }
}
