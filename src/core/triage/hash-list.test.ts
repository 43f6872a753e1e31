import { describe, expect, it } from 'vitest';
import { sha256 } from '../sha256';
import { HashList, HashListReader } from './hash-list';

const read = (...pieces: readonly string[]) => {
  const reader = new HashListReader();
  for (const piece of pieces) reader.take(piece);
  return reader.end();
};
const [one, two, three] = ['one', 'two', 'three'].map((word) => sha256(word)) as [string, string, string];

describe('C04 a list of hashes', () => {
  it('C04: is read line by line, whatever the case, line ends, comments and names behind the hash', () => {
    const { list, skipped } = read(
      `\uFEFF# known\r\n${one.toUpperCase()}\r\n\r\n${two}  some/name.png\nno hash\n${one}0\n${three.slice(1)}\n`,
    );
    expect(list.size).toBe(2);
    expect(skipped).toBe(3);
    expect([one, two, three, ''].map((hash) => list.has(hash))).toEqual([true, true, false, false]);
    expect(list.has(one.toUpperCase())).toBe(true);
  });

  it('C04: is the same however the file is cut into pieces', () => {
    const text = `${one}\n${two}\r\n${three}`;
    for (let at = 0; at <= text.length; at += 7) {
      const { list, skipped } = read(text.slice(0, at), text.slice(at));
      expect([list.size, skipped]).toEqual([3, 0]);
    }
  });

  it('C04: without a hash is refused, without a word of what it holds', () => {
    expect(() => read('canary\ncanary')).toThrow(/No line of this file is a SHA-256/);
    expect(() => read('canary')).not.toThrow(/canary/);
    expect(() => read('')).toThrow();
  });

  it('C04: finds each of 10,500, also those that begin alike, and no other', () => {
    const list = new HashList();
    const hashes = Array.from({ length: 10_000 }, (_, at) => sha256(`${at}`));
    const alike = Array.from({ length: 700 }, (_, at) => one.slice(0, 16) + sha256(`${at}`).slice(16));
    for (const hash of [...hashes, ...alike.slice(0, 500)]) list.add(hash);
    for (const hash of hashes) list.add(hash);
    expect(list.size).toBe(10_500);
    expect(hashes.every((hash) => list.has(hash))).toBe(true);
    expect(alike.filter((hash) => list.has(hash))).toHaveLength(500);
  });

  it('C04: gives nothing of itself out', () => {
    const { list } = read(one);
    expect(JSON.stringify(list)).toBe('{}');
    expect(Object.values(list)).toEqual([]);
    expect(String(list)).not.toContain(one.slice(0, 8));
  });
});
