import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, turned } from './fold';
import { nearest } from './nearest';

const order = Uint32Array.from([4, 1, 0, 3, 2, 5]);
/** 1, 3 and 5 look alike, 0 and 2 too. */
const faces = [0, 1, 0, 1, 4, 1];
const face = (item: number) => faces[item]!;

describe('a folded list', () => {
  it('has one row for what looks alike, where the first of it stands', () => {
    const { shown, stacks } = folded(order, 6, face, () => false);
    expect([...shown]).toEqual([4, 1, 0]);
    expect([...stacks]).toEqual([
      [1, { members: [1, 3, 5], open: false }],
      [0, { members: [0, 2], open: false }],
    ]);
  });

  it('has the members of an opened stack together, after the first', () => {
    const { shown } = folded(order, 6, face, (one) => one === 1);
    expect([...shown]).toEqual([4, 1, 3, 5, 0]);
  });

  it('counts only what is in the list', () => {
    const { shown, stacks } = folded(Uint32Array.from([5, 2]), 6, face, () => false);
    expect([...shown]).toEqual([5, 2]);
    expect(stacks.size).toBe(0);
  });

  it('opened and folded again is what it was, and nothing else moves', () => {
    const before = folded(order, 6, face, () => false);
    const open = turned(before, 1);
    expect([...open.shown]).toEqual([4, 1, 3, 5, 0]);
    expect(open.stacks.get(1)?.open).toBe(true);
    expect([...turned(open, 1).shown]).toEqual([...before.shown]);
    expect(turned(before, 4).shown).toBe(before.shown);
  });

  it('loses nothing and shows nothing twice, whatever is alike', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), fc.array(fc.nat(9)), (groups, opened) => {
        const firsts = groups.map((group) => groups.indexOf(group));
        const { shown, stacks } = folded(
          Uint32Array.from(groups.keys()),
          groups.length,
          (item) => firsts[item]!,
          (one) => opened.includes(groups[one]!),
        );
        const all = [...shown].flatMap((item) => {
          const stack = stacks.get(item);
          return stack && !stack.open ? stack.members : [item];
        });
        expect(all.toSorted((a, b) => a - b)).toEqual([...groups.keys()]);
      }),
    );
  });
});

describe('the nearest pictures', () => {
  const item = (phash: string | undefined, sha256 = '') => ({ sha256, ...(phash && { phash }) });

  it('come by the bits that differ, the item itself first', () => {
    const items = [
      item('00000000000000ff'),
      item('000000000000ffff'),
      item('00000000000000fe'),
      item('ffffffff00000000'),
      item(undefined),
      item('00000000000000ff'),
    ];
    expect(nearest(items, 0)).toEqual([
      { item: 0, bits: 0 },
      { item: 5, bits: 0 },
      { item: 2, bits: 1 },
      { item: 1, bits: 8 },
    ]);
    expect(nearest(items, 0, 2)).toHaveLength(2);
  });

  it('of a text are those with the same bytes; of what nobody has read, none', () => {
    const items = [item(undefined, 'ab'), item(undefined, 'cd'), item(undefined, 'ab'), item(undefined)];
    expect(nearest(items, 0).map((one) => one.item)).toEqual([0, 2]);
    expect(nearest(items, 3)).toHaveLength(1);
  });
});
