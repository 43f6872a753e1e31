/** Trying again: what may help, after how long, and when to stop. */
import { toWinnowError, WinnowError } from '../../core/errors';
import { backoff, MOST_TRIES, waitAsked } from '../../core/hub/backoff';
import { blockedHost, hostOf, offline, unreachable } from '../../core/hub/errors';
import type { DownloadState } from '../../core/hub/words';
import type { Means } from './means';

/** Why a try failed that another may not: `error` is what is said when no try is left. */
export class Setback extends Error {
  constructor(
    readonly error: WinnowError,
    readonly next:
      | { readonly kind: 'again' | 'offline' }
      | { readonly kind: 'wait'; readonly seconds?: number },
  ) {
    super(error.message);
  }
}

/** A line that breaks again and again still gets somewhere when it brings this much in between. */
const ENOUGH_BYTES = 2 ** 18;

/** Between two looks whether there is a network again. */
const LOOK_MS = 1_000;

/** Counts tries that bring nothing, or next to nothing. */
export class Tries {
  private failed = 0;
  /** Bytes since the last setback. */
  private since = 0;

  constructor(
    private readonly means: Means,
    private readonly signal: AbortSignal,
    private readonly say: (state: DownloadState) => void,
  ) {}

  /** So many bytes came that were not here yet. */
  arrived(bytes: number): void {
    this.since += bytes;
    if (this.since >= ENOUGH_BYTES) this.failed = 0;
  }

  /** Waits before the next try, or throws what stands in its way. */
  async after(thrown: unknown): Promise<void> {
    if (!(thrown instanceof Setback)) throw thrown;
    this.since = 0;
    if (++this.failed > MOST_TRIES) throw thrown.error;
    const attempt = this.failed;
    const random = this.means.random();
    if (thrown.next.kind === 'offline') await this.connected();
    if (thrown.next.kind !== 'wait') {
      this.say({ kind: 'resuming', attempt, of: MOST_TRIES });
      return this.means.sleep(backoff(attempt, random), this.signal);
    }
    const until = this.means.now() + waitAsked(attempt, random, thrown.next.seconds);
    for (let left = until - this.means.now(); left > 0; left = until - this.means.now()) {
      this.say({ kind: 'waiting', seconds: Math.ceil(left / 1000), attempt, of: MOST_TRIES });
      await this.means.sleep(Math.min(left, 1_000), this.signal);
    }
  }

  /** However long that takes, nobody is asked for anything, and it counts as one try. */
  private async connected(): Promise<void> {
    while (!this.means.online()) {
      this.say({ kind: 'offline' });
      await this.means.sleep(LOOK_MS, this.signal);
    }
  }
}

/** A server on this machine needs no network. */
function isHere(address: string, origin: string): boolean {
  const url = new URL(address);
  return url.origin === origin && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

export interface Connection {
  readonly response: Response;
  /** Ends it; what is read of it then fails. */
  readonly end: () => void;
  /** Must be called with every byte that arrives. */
  readonly alive: () => void;
}

/**
 * One request that ends when no byte came for `stallMs`, or for a second without a network, or with the signal; where the
 * browser is sure that there is no network there is none. What went wrong on the way is a Setback, or a WinnowError where
 * nothing will change. `started`: something is here by now, which is worth waiting for.
 */
export async function withConnection<T>(
  address: string,
  headers: Record<string, string>,
  context: { readonly means: Means; readonly signal: AbortSignal; readonly started: () => boolean },
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { means, signal, started } = context;
  if (!means.online() && !isHere(address, means.origin)) throw withoutNetwork(hostOf(address), started());
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const began = means.now();
  let last = performance.now();
  const watch = setInterval(() => {
    const silent = performance.now() - last;
    if (silent >= means.stallMs || (silent >= LOOK_MS && !means.online())) stop();
  }, means.stallMs / 20);
  try {
    const response = await means.fetch(address, {
      headers,
      signal: ending.signal,
      // Cookies would name the person to others; a site behind a login of its own knows them already.
      credentials: new URL(address).origin === means.origin ? 'same-origin' : 'omit',
      // It would keep gigabytes twice.
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    last = performance.now();
    return await work({
      response,
      end: stop,
      alive: () => {
        last = performance.now();
      },
    });
  } catch (thrown) {
    if (thrown instanceof Setback || thrown instanceof WinnowError) throw thrown;
    if (signal.aborted) throw toWinnowError(new DOMException('', 'AbortError'));
    throw await lost(address, { means, began, started: started() }, thrown);
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
    stop();
  }
}

async function lost(
  address: string,
  { means, began, started }: { means: Means; began: number; started: boolean },
  cause: unknown,
): Promise<Error> {
  const host = hostOf(address);
  if (await means.stopped(began)) return blockedHost(host);
  if (!means.online()) return withoutNetwork(host, started, cause);
  return new Setback(unreachable(host, started, cause), { kind: 'again' });
}

/** What has begun waits for the network. At the start there is nothing to resume, and nobody to wait for. */
function withoutNetwork(host: string, started: boolean, cause?: unknown): Error {
  const error = offline(host, started, cause);
  return started ? new Setback(error, { kind: 'offline' }) : error;
}
