/** What this page keeps in the browser, how much room the browser says it has, and whether it will keep it. */
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Installing, KeptDownload, StorageState } from '../sdk/types';
import type { Announcer } from './announce';
import { Store } from './store';

export interface RoomState extends StorageState {
  /** Files that are not models yet. */
  readonly kept: readonly KeptDownload[];
}

export interface RoomView {
  readonly status: 'asking' | 'known' | 'failed';
  readonly room?: RoomState;
  /** Nothing can be kept here, or it cannot be read. */
  readonly error?: SerializedError;
  /** What the browser answered when it was asked to keep everything; `unknown`: it cannot be asked. */
  readonly answer?: 'granted' | 'denied' | 'unknown';
}

export interface RoomOptions {
  readonly winnow: Pick<Installing, 'storage' | 'downloads' | 'persist' | 'removeDownloads'>;
  readonly announcer: Pick<Announcer, 'say' | 'alarm'>;
}

export class Room {
  readonly store = new Store<RoomView>({ status: 'asking' });
  readonly #options: RoomOptions;
  #asked = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const { winnow } = this.#options;
    const { answer } = this.store.get();
    const next = await Promise.all([winnow.storage(), winnow.downloads()]).then(
      ([storage, kept]): RoomView => ({ status: 'known', room: { ...storage, kept } }),
      (thrown: unknown): RoomView => ({ status: 'failed', error: toWinnowError(thrown).serialize() }),
    );
    // A later question has a later answer.
    if (asked === this.#asked) this.store.set({ ...next, ...(answer && { answer }) });
  }

  /** Asks the browser not to delete what is kept. From a click only: some browsers ask the person. `what` as in `answerWords`. */
  async persist(what = 'models'): Promise<void> {
    const granted = await this.#options.winnow.persist().catch(() => undefined);
    const answer = granted === undefined ? 'unknown' : granted ? 'granted' : 'denied';
    this.store.update((view) => ({ ...view, answer }));
    this.#options.announcer.say(answerWords(answer, what));
    await this.refresh();
  }

  /** Deletes every unfinished download. */
  async discard(): Promise<boolean> {
    try {
      await this.#options.winnow.removeDownloads();
      this.#options.announcer.say('Unfinished downloads are deleted.');
      return true;
    } catch (thrown) {
      this.#options.announcer.alarm(
        `Unfinished downloads were not deleted. ${toWinnowError(thrown).message}`,
      );
      return false;
    } finally {
      await this.refresh();
    }
  }
}

/** S15: a refusal is no fault, and what it means for what is kept is said. `what`: "models", "models and runs of triage". */
export function answerWords(answer: NonNullable<RoomView['answer']>, what: string): string {
  return {
    granted: `The browser keeps ${what} until you delete them.`,
    denied: `The browser did not agree. It may delete ${what} when it runs short of room.`,
    unknown: `This browser cannot be asked. It may delete ${what} when it runs short of room.`,
  }[answer];
}
