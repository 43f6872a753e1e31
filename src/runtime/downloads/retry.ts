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
    readonly next: { readonly kind: 'again' } | { readonly kind: 'wait'; readonly seconds?: number },
  ) {
    super(error.message);
  }
}

/** Counts tries that bring nothing. */
export class Tries {
  private failed = 0;

  constructor(
    private readonly means: Means,
    private readonly signal: AbortSignal,
    private readonly say: (state: DownloadState) => void,
  ) {}

  /** Something arrived. */
  reset(): void {
    this.failed = 0;
  }

  /** Waits before the next try, or throws what stands in its way. */
  async after(thrown: unknown): Promise<void> {
    if (!(thrown instanceof Setback)) throw thrown;
    if (++this.failed > MOST_TRIES) throw thrown.error;
    const attempt = this.failed;
    const random = this.means.random();
    if (thrown.next.kind === 'again') {
      this.say({ kind: 'resuming', attempt, of: MOST_TRIES });
      return this.means.sleep(backoff(attempt, random), this.signal);
    }
    const until = this.means.now() + waitAsked(attempt, random, thrown.next.seconds);
    for (let left = until - this.means.now(); left > 0; left = until - this.means.now()) {
      this.say({ kind: 'waiting', seconds: Math.ceil(left / 1000), attempt, of: MOST_TRIES });
      await this.means.sleep(Math.min(left, 1_000), this.signal);
    }
  }
}

export interface Connection {
  readonly response: Response;
  /** Ends it; what is read of it then fails. */
  readonly end: () => void;
  /** Must be called with every byte that arrives. */
  readonly alive: () => void;
}

/**
 * One request that ends when no byte came for `stallMs`, or with the signal. What went wrong on the way is a Setback,
 * or a WinnowError where nothing will change; `started` is for its words.
 */
export async function withConnection<T>(
  address: string,
  headers: Record<string, string>,
  context: { readonly means: Means; readonly signal: AbortSignal; readonly started: boolean },
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { means, signal, started } = context;
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const began = means.now();
  let last = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - last >= means.stallMs) stop();
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
    throw await lost(address, { means, began, started }, thrown);
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
  if (!means.online()) {
    const error = offline(host, started, cause);
    // At the start there is nothing to resume, and nobody to wait for.
    return started ? new Setback(error, { kind: 'again' }) : error;
  }
  return new Setback(unreachable(host, started, cause), { kind: 'again' });
}
