import { expect, it } from 'vitest';
import { Announcer } from './announce';
import { Machine } from './machine';
import { FakeWinnow } from './testing';
import { heedWithdrawn } from './withdrawn';

const lost = {
  kind: 'failed',
  code: 'gpu-lost',
  message: 'The graphics processor was reset.',
  data: {},
} as const;
const died = { ...lost, code: 'worker-died' } as const;

it('W07: each reset is told while what it interrupted goes on, and no other restart', () => {
  const winnow = new FakeWinnow([]);
  const announcer = new Announcer();
  const machine = new Machine({ winnow, announcer, open: () => {} });
  const none = { withdraw: () => 0 };
  const stop = heedWithdrawn({
    ...{ winnow, announcer, machine, pictures: none },
    prompt: { withdraw: () => false },
  });
  const restart = (error: typeof lost | typeof died) =>
    winnow.does({ model: 'm', state: 'restarting', error, restarts: 1 });
  restart(died);
  expect(machine.store.get()).toEqual({ measuring: false });
  restart(lost);
  expect(machine.store.get().reset).toBe(1);
  winnow.does({ model: 'm', state: 'busy', restarts: 1 });
  expect(machine.store.get().reset).toBe(1);
  machine.dismiss();
  expect(machine.store.get()).not.toHaveProperty('reset');
  // Another one, not the same over again.
  restart(lost);
  expect(machine.store.get().reset).toBe(2);
  stop();
  restart(lost);
  expect(machine.store.get().reset).toBe(2);
  announcer.dispose();
});
