import { describe, expect, it } from 'vitest';
import { type Known, linkOf, type Place, Relinker } from './relink';

const RUN = 'a1';
const place = (path: string, change: Partial<Place> = {}): Place => ({
  path,
  bytes: 10,
  modified: 5,
  ...change,
});
const known = (id: string, at: Place, sha256 = `hash of ${id}`, path?: string): Known => ({
  ...{ id, link: linkOf(RUN, at), sha256 },
  ...(path !== undefined && { path }),
});

describe('links', () => {
  it('tell places apart, and say nothing of them', () => {
    const links = [
      linkOf(RUN, place('a')),
      linkOf('b2', place('a')),
      linkOf(RUN, place('b')),
      linkOf(RUN, place('a', { bytes: 11 })),
      linkOf(RUN, place('a', { modified: 6 })),
      linkOf(RUN, place('a', { row: 1 })),
      linkOf(RUN, place('a\0')),
    ];
    expect(new Set(links).size).toBe(links.length);
    for (const link of links) expect(link).toMatch(/^[0-9a-f]{64}$/);
    expect(linkOf(RUN, place('\ud800'))).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('I14 finding items again', () => {
  it('takes each where it lay, once, and the rest for missing', () => {
    const items = [known('i1', place('a')), known('i2', place('b')), known('i3', place('c'))];
    const relinker = new Relinker(RUN, items);
    expect(relinker.match(place('a'))).toEqual({ kind: 'found', item: items[0] });
    expect(relinker.match(place('a'))).toEqual({ kind: 'new' });
    expect(relinker.match(place('x'))).toEqual({ kind: 'new' });
    expect(relinker.confirm({ kind: 'found', item: items[0]! }, 'hash of i1')).toMatchObject({
      kind: 'found',
    });
    expect(relinker.missing().map(({ id }) => id)).toEqual(['i2', 'i3']);
  });

  it('finds what was moved or renamed by what it holds', () => {
    const relinker = new Relinker(RUN, [known('i1', place('a'))]);
    const found = relinker.match(place('elsewhere/a'));
    expect(found.kind).toBe('new');
    expect(relinker.confirm(found, 'hash of i1')).toMatchObject({ kind: 'found', item: { id: 'i1' } });
    expect(relinker.missing()).toEqual([]);
    // A second copy of the same bytes is an item of its own.
    expect(relinker.confirm(relinker.match(place('copy')), 'hash of i1')).toEqual({ kind: 'new' });
  });

  it('a changed file is new, with a note, and its old item is not it', () => {
    const relinker = new Relinker(RUN, [
      known('i1', place('a'), 'old', 'a'),
      known('i2', place('b'), 'other'),
    ]);
    // Size and time tell, where the path is known.
    expect(relinker.match(place('a', { bytes: 11 }))).toMatchObject({ kind: 'changed', item: { id: 'i1' } });
    // Nothing tells until it is read.
    const found = relinker.match(place('b'));
    expect(found.kind).toBe('found');
    expect(relinker.confirm(found, 'changed')).toMatchObject({ kind: 'changed', item: { id: 'i2' } });
    expect(relinker.missing().map(({ id }) => id)).toEqual(['i1', 'i2']);
  });

  it('an item that was never read is itself, whatever it holds', () => {
    const relinker = new Relinker(RUN, [known('i1', place('a'), '')]);
    expect(relinker.confirm(relinker.match(place('a')), 'anything')).toMatchObject({ kind: 'found' });
  });
});
