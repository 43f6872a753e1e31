/**
 * A page that does nothing but answer. A debugger that follows the network, as Playwright does, has a page keep what its
 * workers load, in base64, up to 100 MB: over many loads that is most of what its memory grows by.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { CHROMIUM_ARGS, ensureChromium } from '../../../scripts/chromium.mjs';

/** What can be asked to run a function in a page; Playwright's pages can. */
export interface Asked {
  evaluate<R, A>(work: (given: A) => R | Promise<R>, given: A): Promise<R>;
}

export interface Unwatched extends Asked {
  collectGarbage(): Promise<void>;
  /** Ends the browser. */
  close(): Promise<void>;
}

/** As Playwright starts it, in what matters to a page that computes. */
const ARGS = [
  '--headless',
  '--remote-debugging-pipe',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--password-store=basic',
];

/** A browser of its own with that profile, at that address. `args`: beside those that every one gets. */
export async function openUnwatched(
  url: string,
  profile: string,
  args: readonly string[],
): Promise<Unwatched> {
  const all = [...CHROMIUM_ARGS, ...ARGS, ...args, `--user-data-dir=${profile}`];
  const browser = spawn(await ensureChromium(), all, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const send = commands(browser);
  const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url });
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  });
  // Otherwise it says nothing of a page that dies, and never answers.
  await send('Inspector.enable', {}, sessionId);
  const evaluate = async <R, A>(work: (given: A) => R | Promise<R>, given: A): Promise<R> => {
    // tsx names every function through this helper of its own, which pages do not have.
    const expression = `globalThis.__name = (value) => value; (${work})(${JSON.stringify(given)})`;
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send<Evaluated>('Runtime.evaluate', asked, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as R;
  };
  return {
    evaluate,
    collectGarbage: () => send('HeapProfiler.collectGarbage', {}, sessionId),
    async close() {
      // It may have ended by itself.
      await send('Browser.close', {}).catch(() => {});
      await ended;
    },
  };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

interface Answer {
  /** Absent in what is told unasked. */
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The DevTools protocol over a pipe: JSON, each ended by a zero. https://chromedevtools.github.io/devtools-protocol */
function commands({ stdio }: ChildProcess) {
  const [, , , to, from] = stdio as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (answer: Answer) => void>();
  /** Why there are no more answers: from the page, or from the whole browser. */
  let dead: { readonly message: string; readonly whole: boolean } | undefined;
  const dies = (message: string, whole: boolean) => {
    dead = { message, whole };
    for (const tell of waiting.values()) tell({ error: dead });
  };
  let rest = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop()!;
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
      else if (answer.method === 'Inspector.targetCrashed') dies('The page has died.', false);
    }
  });
  from.on('close', () => dies('The browser has ended.', true));
  // What is written after its end; `close` above says so.
  to.on('error', () => {});
  let last = 0;
  return <T>(method: string, params: object, sessionId?: string): Promise<T> =>
    new Promise((resolve, reject) => {
      if (dead?.whole || (dead && sessionId)) return reject(new Error(`${method}: ${dead.message}`));
      const id = ++last;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as T);
      });
      to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
}
