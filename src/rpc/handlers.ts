/** What Comlink cannot carry by itself: AbortSignal, and errors that keep their class and code. */
import * as Comlink from 'comlink';
import { deserializeError, type SerializedError, toWinnowError } from '../core/errors';
import { noteCrossed, sharedWords, withdraw } from './withdrawal';

interface CrossingSignal {
  readonly aborted: boolean;
  readonly port: MessagePort;
  /** Seen by both sides at once. */
  readonly words: Int32Array<SharedArrayBuffer> | undefined;
}

const abortSignal: Comlink.TransferHandler<AbortSignal, CrossingSignal> = {
  canHandle: (value): value is AbortSignal => value instanceof AbortSignal,
  serialize(signal) {
    const { port1, port2 } = new MessageChannel();
    const words = sharedWords();
    let brake: Int32Array | undefined;
    if (words)
      port1.onmessage = (event) => {
        brake = event.data as Int32Array;
      };
    const forward = () => {
      withdraw(words, brake);
      port1.postMessage('abort');
      // Messages already posted are still delivered; an open port would keep both ends alive for ever.
      port1.close();
    };
    if (!signal.aborted) signal.addEventListener('abort', forward, { once: true });
    return [{ aborted: signal.aborted, port: port2, words }, [port2]];
  },
  deserialize({ aborted, port, words }) {
    const controller = new AbortController();
    noteCrossed(controller.signal, { words, tell: (brake) => port.postMessage(brake) });
    if (aborted) controller.abort();
    port.onmessage = () => {
      controller.abort();
      port.close();
    };
    return controller.signal;
  },
};

interface Thrown {
  readonly value: unknown;
}

/** Installs the handlers; called once in every thread before Comlink is used. */
export function installHandlers(): void {
  Comlink.transferHandlers.set('abort-signal', abortSignal as Comlink.TransferHandler<unknown, unknown>);
  // Comlink marks what was thrown with a private symbol, so its own handler decides what is a throw.
  const original = Comlink.transferHandlers.get('throw') as Comlink.TransferHandler<Thrown, unknown>;
  Comlink.transferHandlers.set('throw', {
    canHandle: original.canHandle,
    serialize: ({ value }: Thrown) => [toWinnowError(value).serialize(), []],
    deserialize: (error: SerializedError) => {
      throw deserializeError(error);
    },
  } as unknown as Comlink.TransferHandler<unknown, unknown>);
}
