import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LockOptions, withLock } from './lock';

beforeEach(() => void vi.stubGlobal('navigator', {}));
afterEach(() => void vi.unstubAllGlobals());

/** One holder after the other, as the download worker has it. */
function holder(): LockOptions['hold'] {
  let last = Promise.resolve();
  return (onHeld, onWait, until) => {
    onWait();
    const before = last;
    last = before.then(async () => {
      if (until.aborted) return;
      onHeld();
      await new Promise((on) => until.addEventListener('abort', on, { once: true }));
    });
    return last;
  };
}

it('T04 without Web Locks work is done one after the other all the same', async () => {
  const hold = holder();
  const seen: string[] = [];
  const work = (name: string) =>
    withLock('one', { signal: new AbortController().signal, onWait: () => {}, hold }, async () => {
      seen.push(`${name} begins`);
      await new Promise((on) => setTimeout(on, 5));
      seen.push(`${name} ends`);
      if (name === 'b') throw new Error('b fails');
      return name;
    });
  const all = await Promise.allSettled(['a', 'b', 'c'].map(work));
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('T04 who waits can be told to stop; who has it keeps it until its work has ended', async () => {
  const hold = holder();
  const [mine, other] = [new AbortController(), new AbortController()];
  let end = () => {};
  const first = withLock(
    'one',
    { signal: mine.signal, onWait: () => {}, hold },
    () =>
      new Promise<string>((on) => {
        end = () => on('ended');
      }),
  );
  await new Promise((on) => setTimeout(on, 0));
  const work = vi.fn(async () => {});
  const second = withLock('one', { signal: other.signal, onWait: () => {}, hold }, work);
  mine.abort();
  other.abort();
  await new Promise((on) => setTimeout(on, 0));
  expect(work).not.toHaveBeenCalled();
  end();
  expect(await first).toBe('ended');
  await expect(second).rejects.toMatchObject({ kind: 'cancelled' });
  expect(work).not.toHaveBeenCalled();
});
