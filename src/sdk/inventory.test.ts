import { describe, expect, it } from 'vitest';
import { starterImage } from '../catalog/starter-image';
import type { KeptModel } from '../rpc/contract';
import { Inventory, type InventoryParts } from './inventory';
import { ModelList } from './list';

const model = (id: string): KeptModel => ({
  card: { ...starterImage, id },
  installed: { precision: 'exact', bytes: 5, at: '2026-01-01T00:00:00.000Z', files: [] },
});
const none = { sources: [], interrupted: [], wanted: [] };

type Read = InventoryParts['read'];

/** What is read, and what is shown of it; waits end when the test says so, or at once. */
function stage(
  reads: readonly (readonly string[] | 'fails' | 'hangs' | { unreadable: number })[],
  held = false,
) {
  const list = new ModelList([], []);
  list.update([model('mine'), model('other')]);
  const shown: (readonly [ids: string, why: string | undefined])[] = [];
  const waits: (() => void)[] = [];
  let asked = 0;
  const read: Read = async () => {
    const found = reads[Math.min(asked++, reads.length - 1)]!;
    if (found === 'hangs') return new Promise(() => {});
    if (found === 'fails') throw new Error('The database is being deleted.');
    if ('unreadable' in found) return { kept: [], downloads: { ...none, ...found } };
    return { kept: found.map(model), downloads: none };
  };
  const inventory = new Inventory({
    ...{ list, read, paused: () => false },
    show: (kept, _, why) => {
      list.update(kept);
      shown.push([kept.map(({ card }) => card.id).join(' '), why]);
    },
    wait: (milliseconds) =>
      new Promise((on) => {
        if (milliseconds === 5_000) setTimeout(on, 50);
        else if (held) waits.push(on);
        else setTimeout(on, 0);
      }),
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((on) => setTimeout(on, 0));
  };
  return { inventory, shown, settle, asked: () => asked, go: () => waits.shift()?.() };
}

describe('S09 what the browser deleted while the page was open', () => {
  it('is told when it is heard of first', async () => {
    const { inventory, shown } = stage([['other']]);
    await inventory.refresh('lost');
    expect(shown).toEqual([['other', 'lost']]);
  });

  it('is told when another look sees it first, and once', async () => {
    const { inventory, shown, go, settle } = stage([['other']], true);
    const looking = inventory.refresh();
    await settle();
    expect(shown).toEqual([]);
    const heard = inventory.refresh('lost');
    go();
    await Promise.all([looking, heard]);
    expect(shown.filter(([, why]) => why === 'lost')).toEqual([['other', 'lost']]);
  });

  it('is told when nobody heard of it at all', async () => {
    const { inventory, shown } = stage([[]]);
    await inventory.refresh();
    expect(shown).toEqual([['', 'lost']]);
  });

  it('is told when reading fails as long as the deletion lasts', async () => {
    const { inventory, shown, settle } = stage(['fails', 'fails', []]);
    await inventory.refresh('lost');
    expect(shown).toEqual([]);
    await settle();
    expect(shown).toEqual([['', 'lost']]);
  });

  it('is told when reading never answers while the deletion lasts', async () => {
    const { inventory, shown, settle } = stage(['hangs', []]);
    await inventory.refresh('lost');
    await settle();
    expect(shown).toEqual([['', 'lost']]);
  });

  it('is told when it goes only after it was heard of', async () => {
    const { inventory, shown, settle } = stage([['mine', 'other'], ['mine', 'other'], []]);
    await inventory.refresh('lost');
    await settle();
    expect(shown).toEqual([
      ['mine other', undefined],
      ['mine other', undefined],
      ['', 'lost'],
    ]);
  });

  it('is not told of what somebody deleted, here or in another tab, now or in a moment', async () => {
    const { inventory, shown, go, settle } = stage([['other'], []], true);
    inventory.expect('mine');
    await inventory.refresh();
    expect(shown).toEqual([['other', undefined]]);
    const looking = inventory.refresh();
    await settle();
    inventory.expect('other');
    go();
    await looking;
    expect(shown.at(-1)).toEqual(['', undefined]);
  });

  it('is told again of a model that was deleted, and installed anew', async () => {
    const { inventory, shown } = stage([['other'], ['mine', 'other'], ['other']]);
    inventory.expect('mine');
    for (let look = 0; look < 3; look++) await inventory.refresh();
    expect(shown.map(([, why]) => why)).toEqual([undefined, undefined, 'lost']);
  });

  it('S13 is not told of what a newer version has made anew', async () => {
    const { inventory, shown } = stage([{ unreadable: 2 }]);
    await inventory.refresh();
    expect(shown).toEqual([['', undefined]]);
  });

  it('ends where it can never be known', async () => {
    const { inventory, shown, settle, asked } = stage(['fails']);
    await inventory.refresh('lost');
    await settle();
    expect(shown).toEqual([]);
    expect(asked()).toBe(5);
  });
});

it('an older answer is not shown after a newer one', async () => {
  const { inventory, shown } = stage([['mine'], ['mine', 'other']]);
  inventory.expect('other');
  await Promise.all([inventory.refresh(), inventory.refresh()]);
  expect(shown.map(([ids]) => ids)).toEqual(['mine', 'mine other']);
});
