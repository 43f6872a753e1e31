import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff, waitAsked } from './backoff';
import { bytesOf, CHUNK_BYTES, chunkCount, chunkRange, chunksFor, firstRun } from './chunks';
import { refused } from './errors';
import { allowed, HUB_HOSTS } from './hosts';
import { isWebPage } from './page';
import { looksLikePointer, parsePointer } from './pointer';
import { stateWords } from './words';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('Git LFS pointers', () => {
  const oid = 'a'.repeat(64);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 1326000123\n`;

  it('say what the file is', () => {
    expect(parsePointer(bytes(pointer))).toEqual({ sha256: oid, bytes: 1326000123 });
  });

  it.each([
    '',
    '{"model_type":"x"}',
    pointer.replace('sha256', 'md5'),
    pointer.replace(oid, 'A'.repeat(64)),
    pointer.replace(oid, oid.slice(1)),
    pointer.replace('size 1326000123', 'size -1'),
    pointer.replace('size 1326000123', 'size 9007199254740993'),
    pointer.replace('size 1326000123\n', ''),
    `${pointer}size 5\n`,
    pointer.padEnd(2000, 'x'),
  ])('%j is none', (text) => expect(parsePointer(bytes(text))).toBeUndefined());

  it('a file that begins as one is not a model', () => {
    expect(looksLikePointer(bytes(pointer))).toBe(true);
    expect(looksLikePointer(new Uint8Array(200))).toBe(false);
  });
});

describe('the grid of chunks', () => {
  it('covers a file once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e9 }), (size) => {
        const all = chunksFor(size);
        expect(bytesOf(all, size)).toBe(size);
        expect(all).toHaveLength(chunkCount(size));
        if (size > 0) expect(chunkRange(all.length - 1, size).end).toBe(size);
      }),
    );
  });

  it('covers every range, and nothing that no range touches', () => {
    const size = 5 * CHUNK_BYTES + 17;
    const range = fc
      .tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), (ranges) => {
        const found = new Set(chunksFor(size, ranges));
        for (let index = 0; index < chunkCount(size); index++) {
          const { start, end } = chunkRange(index, size);
          const touched = ranges.some((one) => one.start < one.end && one.start < end && one.end > start);
          expect(found.has(index)).toBe(touched);
        }
      }),
    );
  });

  it('refuses what lies outside', () => {
    for (const range of [
      { start: -1, end: 1 },
      { start: 0, end: 11 },
      { start: 5, end: 4 },
      { start: 0.5, end: 1 },
    ])
      expect(() => chunksFor(10, [range])).toThrow('There are no bytes');
  });

  it('is asked for in stretches of neighbours', () => {
    expect(firstRun([])).toBeUndefined();
    expect(firstRun([0, 1, 2, 5])).toEqual({ first: 0, last: 3 });
    expect(firstRun([4])).toEqual({ first: 4, last: 5 });
  });
});

it('N13 waits are between nothing and a bound that doubles', () => {
  expect([1, 2, 3, 4, 5, 9].map((attempt) => backoff(attempt, 0.999999) / 1000)).toEqual(
    [1, 2, 4, 8, 16, 30].map((seconds) => expect.closeTo(seconds, 3)),
  );
  expect(backoff(5, 0)).toBe(0);
});

it('N12 never before the server said', () => {
  for (const random of [0, 0.5, 0.99]) expect(waitAsked(1, random, 30)).toBeGreaterThanOrEqual(30_000);
  expect(waitAsked(1, 0, undefined)).toBeGreaterThanOrEqual(10_000);
});

it('N17 hosts are compared as a policy compares them', () => {
  for (const address of [
    'https://huggingface.co/a',
    'https://us.aws.cdn.hf.co/xet-bridge-us/a?Signature=b',
    'https://cas-bridge.xethub.hf.co/a',
    'https://cdn-lfs-us-1.hf.co/a',
  ])
    expect(allowed(address, HUB_HOSTS), address).toBe(true);
  for (const address of [
    'https://hf.co.evil.example/a',
    'https://evilhf.co/a',
    'http://cdn-lfs.hf.co/a',
    'https://huggingface.co.evil.example/',
    'https://huggingface.co:8443/',
    'https://evil.example/?huggingface.co',
  ])
    expect(allowed(address, HUB_HOSTS), address).toBe(false);
});

it('N15 a web page is told by what it says it is, or by how it begins', () => {
  expect(isWebPage('text/html; charset=utf-8', new Uint8Array())).toBe(true);
  expect(isWebPage('application/octet-stream', bytes('\ufeff\n <!DOCTYPE html><p>'))).toBe(true);
  expect(isWebPage(null, bytes('<html lang="en">'))).toBe(true);
  for (const start of ['{"a":1}', 'PK\u0003\u0004', '<model>', '\u0008\u0007<html '])
    expect(isWebPage('application/octet-stream', bytes(start)), start).toBe(false);
});

it('N14 each refusal has its own next step', () => {
  const say = (status: number, reason?: string, token = false) =>
    refused('hub.example', 'owner/name/file', { status, token, ...(reason !== undefined && { reason }) });
  expect(say(401, 'GatedRepo')).toMatchObject({ code: 'gated' });
  expect(say(401, 'GatedRepo').message).toContain('give a token');
  expect(say(401, undefined, true).message).toContain('does not accept this token');
  expect(say(403, 'GatedRepo', true).message).toContain('may not read');
  expect(say(401, 'RepoNotFound')).toMatchObject({ code: 'not-found' });
  expect(say(404, 'RevisionNotFound').message).toContain('this version');
  expect(say(410)).toMatchObject({ code: 'not-found' });
});

it('N01 says which try it is', () => {
  expect(stateWords({ kind: 'resuming', attempt: 2, of: 5 })).toBe('Connection lost – resuming (2/5)');
  expect(stateWords({ kind: 'waiting', seconds: 30, attempt: 1, of: 5 })).toContain('30 s');
});
