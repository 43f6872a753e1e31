/** A tokenizer that never ends, in a thread of its own as in the browser, and what keeps watch over it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it, vi } from 'vitest';
import { CancelledError, type WinnowError } from '../core/errors';
import { Supervisor } from './supervisor';

interface Remote {
  ping(): Promise<'pong'>;
  encode(text: string): Promise<readonly number[]>;
}

const RUNTIME = join(import.meta.dirname, '../runtime');
/** A letter twice or more, and again: on letters without the last, as many ways to try as 2 to their number. */
const CATASTROPHIC = '(?:x+x+)+y';
const base = JSON.parse(readFileSync(join(RUNTIME, 'fixtures/tokenizer/tokenizer.json'), 'utf8'));
const file = JSON.stringify({
  ...base,
  pre_tokenizer: {
    ...{ type: 'Split', pattern: { Regex: CATASTROPHIC }, behavior: 'Isolated', invert: false },
  },
});

const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
require('tsx/cjs/api').register();
const { openTokenizer } = require(workerData.path);
openTokenizer(new TextEncoder().encode(workerData.file)).then((tokenizer) => {
  parentPort.on('message', (text) => parentPort.postMessage(tokenizer.encode(text)));
  parentPort.postMessage('ready');
});`;

const threads: Worker[] = [];
const exits: Promise<unknown>[] = [];

vi.mock('./lifeline', () => ({
  startWorker: async () => {
    const workerData = { path: join(RUNTIME, 'tokenizer.ts'), file };
    const thread = new Worker(THREAD, { eval: true, workerData });
    threads.push(thread);
    exits.push(once(thread, 'exit'));
    await once(thread, 'message');
    const remote: Remote = {
      ping: async () => 'pong',
      encode: async (text) => {
        const answer = once(thread, 'message');
        thread.postMessage(text);
        return (await answer)[0];
      },
    };
    const listeners = new Set<(why: WinnowError) => void>();
    return {
      remote,
      busyWhen: () => {},
      whenGone: (tell: (why: WinnowError) => void) => {
        listeners.add(tell);
        return () => listeners.delete(tell);
      },
      end: (why: WinnowError = new CancelledError()) => {
        void thread.terminate();
        for (const tell of listeners) tell(why);
      },
    };
  },
}));

afterEach(async () => {
  await Promise.all(threads.map((thread) => thread.terminate()));
});

it('M15 a catastrophic pattern ends at the deadline, on two workers, and the next text is read', async () => {
  const supervisor = new Supervisor<Remote>({ url: '', deadline: 3_000, idle: 60_000 });
  const encode = (text: string) => supervisor.run((remote) => remote.encode(text) as Promise<number[]>);
  await expect(encode('x'.repeat(60))).rejects.toMatchObject({ code: 'timeout' });
  expect(threads).toHaveLength(2);
  // Both are gone, and take no processor any more.
  await Promise.all(exits);
  expect((await encode('a text')).length).toBeGreaterThan(0);
  expect(threads).toHaveLength(3);
  supervisor.close();
});
