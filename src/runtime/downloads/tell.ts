/** How far a download is, told to its own page and to other tabs that wait for the same file. */
import type { DownloadState } from '../../core/hub/words';
import type { DownloadProgress, OnDownload } from '../../rpc/downloads';

/** So that the last word of a file, which does not wait, still fits into ten a second. */
const PACE_MS = 125;

const CHANNEL = 'winnow-sources';
/** Tabs of other versions ignore each other’s messages. */
const VERSION = 1;

interface Told {
  readonly version: typeof VERSION;
  readonly key: string;
  readonly progress: DownloadProgress;
}

/** Progress of one call: paced, and never backwards. */
export class Teller {
  private done = 0;
  private state: DownloadState | undefined;
  private shown = true;
  private last = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly channel = new BroadcastChannel(CHANNEL);
  /** Whose turn it is: a tab that waits repeats what it hears, and says nothing itself. */
  private mine = false;

  constructor(
    private readonly key: string,
    private readonly total: number,
    private readonly listener: OnDownload | undefined,
  ) {
    this.channel.onmessage = ({ data }: MessageEvent<unknown>) => this.hear(data);
  }

  takeOver(done: number): void {
    this.mine = true;
    this.tell(done);
  }

  /** `state` is shown until the next call. */
  tell(done: number, state?: DownloadState): void {
    this.done = Math.max(this.done, Math.min(done, this.total));
    // One that has not been shown yet is not overtaken by bytes.
    if (state || this.shown) this.state = state;
    this.shown = false;
    const wait = this.last + PACE_MS - performance.now();
    if (wait <= 0) this.send();
    else this.timer ??= setTimeout(() => this.send(), wait);
  }

  /** Keeps the number and shows a state. */
  say(state: DownloadState): void {
    this.tell(this.done, state);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = performance.now();
    this.shown = true;
    const progress: DownloadProgress = {
      phase: 'download',
      done: this.done,
      total: this.total,
      ...(this.state && { state: this.state }),
    };
    this.listener?.(progress);
    if (this.mine) this.channel.postMessage({ version: VERSION, key: this.key, progress } satisfies Told);
  }

  private hear(data: unknown): void {
    const told = data as Partial<Told> | null;
    if (this.mine || told?.version !== VERSION || told.key !== this.key || !told.progress) return;
    // Another tab may want other parts of the file: its total is not ours.
    if (told.progress.total === this.total) this.tell(told.progress.done, { kind: 'shared' });
  }

  /** Says that all is here, now, and stops. */
  finish(): void {
    this.done = this.total;
    this.state = undefined;
    this.send();
    this.close();
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.channel.close();
  }
}
