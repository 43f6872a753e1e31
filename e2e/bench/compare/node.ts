/** onnxruntime-node in a process of its own: the same network without a browser, on the same number of threads. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PlainFeed } from '../prepare/peer/feed';
import { peakOf, resetPeakOf } from '../prepare/renderer';
import type { Contender } from './contender';

export type Feeds = Readonly<Record<string, PlainFeed>>;

/** What the process is asked, one at a time; it answers with milliseconds. */
export type Ask =
  | { readonly do: 'open'; readonly file: string; readonly threads: number; readonly feeds: Feeds }
  | { readonly do: 'run' | 'close' };
export type Answer = { readonly milliseconds: number } | { readonly error: string };

export function openNode(file: string, what: string, feeds: Feeds, threads: number): Contender {
  let child: ChildProcess | undefined;
  const ask = async (question: Ask): Promise<number> => {
    const answered = once(child!, 'message') as Promise<[Answer]>;
    const ended = once(child!, 'exit').then(() => {
      throw new Error('The process of onnxruntime-node has ended.');
    });
    // Whichever comes second is nobody's concern.
    ended.catch(() => undefined);
    child!.send(question);
    const [answer] = await Promise.race([answered, ended]);
    if ('error' in answer) throw new Error(answer.error);
    return answer.milliseconds;
  };
  const stop = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
    child = undefined;
  };
  return {
    name: 'onnxruntime-node',
    what,
    async start() {
      child = fork(join(import.meta.dirname, 'node-child.ts'));
      child.setMaxListeners(0);
      await once(child, 'message');
      resetPeakOf(child.pid!);
    },
    open: () => ask({ do: 'open', file, threads, feeds }),
    close: async () => void (await ask({ do: 'close' })),
    once: async () => ({ run: await ask({ do: 'run' }) }),
    batch: async () => undefined,
    peak: () => peakOf(child!.pid!),
    heap: async () => undefined,
    stop,
    dispose: stop,
  };
}
