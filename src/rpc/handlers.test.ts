import * as Comlink from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { CancelledError, FailedError, InvalidError, UnsupportedError, WinnowError } from '../core/errors';
import { installHandlers } from './handlers';

installHandlers();

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A service on the far side of a real message channel. */
function across<T extends object>(service: T): Comlink.Remote<T> {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  Comlink.expose(service, port1);
  return Comlink.wrap<T>(port2);
}

describe('errors', () => {
  it('come back as the same class with code, message and data', async () => {
    const thrown = [
      new UnsupportedError('too-large', 'Too large.', { megapixels: 529 }),
      new InvalidError('damaged-file', 'Damaged.'),
      new FailedError('timeout', 'Late.', { seconds: 60 }),
      new CancelledError(),
      new CancelledError('Closed.', 'closed'),
    ];
    const remote = across({
      fail(at: number): void {
        throw thrown[at];
      },
    });
    for (const [at, original] of thrown.entries()) {
      const error = await remote.fail(at).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(error).toBeInstanceOf(original.constructor);
      expect((error as WinnowError).serialize()).toEqual(original.serialize());
    }
  });

  it('of any other kind arrive as `internal`, never as success', async () => {
    const remote = across({
      fail(what: string): void {
        if (what === 'memory') throw new RangeError('Array buffer allocation failed');
        if (what === 'string') throw 'text';
        throw new TypeError('x is not a function');
      },
    });
    const codeOf = (what: string) => remote.fail(what).catch((error: WinnowError) => error.code);
    expect(await codeOf('type')).toBe('internal');
    expect(await codeOf('string')).toBe('internal');
    expect(await codeOf('memory')).toBe('out-of-memory');
  });

  it('W15: an answer that cannot be cloned is an error', async () => {
    const remote = across({ answer: () => ({ broken: () => {} }) });
    await expect(remote.answer()).rejects.toBeInstanceOf(WinnowError);
  });
});

describe('AbortSignal', () => {
  const service = {
    aborted: (signal: AbortSignal) => signal.aborted,
    untilAborted: (signal: AbortSignal) =>
      new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('heard'))),
  };

  it('fires on the other side when it fires here', async () => {
    const controller = new AbortController();
    let called = () => {};
    const listening = new Promise<void>((resolve) => {
      called = resolve;
    });
    const heard = across({
      untilAborted(signal: AbortSignal): Promise<string> {
        setTimeout(called);
        return service.untilAborted(signal);
      },
    }).untilAborted(controller.signal);
    // Not after a time: Node drops what was posted to a port that is still on its way when the other end closes.
    await listening;
    controller.abort();
    expect(await heard).toBe('heard');
  });

  it('arrives as aborted when it was', async () => {
    expect(await across(service).aborted(AbortSignal.abort())).toBe(true);
    expect(await across(service).aborted(new AbortController().signal)).toBe(false);
  });
});

it('progress crosses as a callback', async () => {
  const seen: number[] = [];
  const remote = across({
    async work(onProgress: (done: number) => void) {
      for (const done of [1, 2, 3]) await onProgress(done);
      return 'done';
    },
  });
  expect(await remote.work(Comlink.proxy((done: number) => void seen.push(done)))).toBe('done');
  expect(seen).toEqual([1, 2, 3]);
});
