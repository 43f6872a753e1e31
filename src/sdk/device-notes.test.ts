import { expect, it } from 'vitest';
import { type DeviceNote, type DeviceNotes, NO_NOTES, noted } from '../rpc/device';
import { KeptNotes } from './device-notes';

const demoted = (model: string): DeviceNote => ({
  ...{ kind: 'model', model, backend: 'wasm' },
  note: { of: '2026', at: 1, outcome: 'demoted' },
});
const known = ({ all }: KeptNotes) => Object.keys(all.models);
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Storage whose answers come when the test says so. */
function storage() {
  let stored: DeviceNotes = NO_NOTES;
  let reads = 0;
  const waiting: ((works: boolean) => void)[] = [];
  const store = {
    read: async () => {
      reads += 1;
      return stored;
    },
    write: async (note: DeviceNote) => {
      if (!(await new Promise<boolean>((resolve) => waiting.push(resolve)))) throw new Error('full');
      stored = noted(stored, note);
      return stored;
    },
  };
  const answer = async (works: boolean) => {
    waiting.shift()!(works);
    await settled();
  };
  return { notes: new KeptNotes(store, Promise.resolve(NO_NOTES)), answer, reads: () => reads };
}

it('W10: nothing that is known is forgotten for a moment while it goes to storage', async () => {
  const { notes, answer } = storage();
  void notes.add(demoted('a'));
  await settled();
  await answer(false);
  void notes.add(demoted('b'));
  await settled();
  // The first is stored, the second on its way.
  await answer(true);
  void notes.add(demoted('c'));
  expect(known(notes)).toEqual(['a', 'b', 'c']);
  await answer(true);
  await answer(true);
  expect(known(notes)).toEqual(['a', 'b', 'c']);
});

it('X15: what was on its way to storage does not come back once everything is cleared', async () => {
  const { notes, answer } = storage();
  void notes.add(demoted('a'));
  await settled();
  notes.forget();
  await answer(true);
  expect(known(notes)).toEqual([]);
});

it('is read once for those who ask at the same time', async () => {
  const { notes, reads } = storage();
  await Promise.all([notes.again(), notes.again()]);
  expect(reads()).toBe(1);
  await notes.again();
  expect(reads()).toBe(2);
});
