import { describe, expect, it } from 'vitest';
import { parseContentRange, parseHttpDate, parseRetryAfter, strongEtag } from './headers';

describe('Content-Range', () => {
  it.each([
    ['bytes 0-0/1', { start: 0, end: 1, total: 1 }],
    ['bytes 8388608-16777215/25265827', { start: 8388608, end: 16777216, total: 25265827 }],
    ['BYTES 5-9/*', { start: 5, end: 10 }],
    ['bytes */100', { total: 100 }],
    [' bytes 0-9/10 ', { start: 0, end: 10, total: 10 }],
  ])('%s', (value, found) => expect(parseContentRange(value)).toEqual(found));

  it.each([
    null,
    '',
    'bytes',
    'bytes 9-5/10',
    'bytes 0-10/10',
    'bytes 00-1/2',
    'bytes -5/10',
    'items 0-1/2',
    'bytes 0-9007199254740992/*',
    'bytes 1.0-2/3',
    'bytes 0-1/2, bytes 0-1/2',
  ])('N09 %j says nothing', (value) => expect(parseContentRange(value)).toBeUndefined());
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 20, 12, 0, 0);

  it('N12 in seconds and as a date', () => {
    expect(parseRetryAfter('30', now)).toBe(30);
    expect(parseRetryAfter('0', now)).toBe(0);
    expect(parseRetryAfter('Fri, 20 Nov 2026 12:01:30 GMT', now)).toBe(90);
    expect(parseRetryAfter('Fri, 20 Nov 2026 11:00:00 GMT', now)).toBe(0);
    for (const value of [null, '', '-1', '1.5', 'soon', '1e9', '99999999999'])
      expect(parseRetryAfter(value, now), String(value)).toBeUndefined();
  });

  it('reads the three forms of a date as the platform does', () => {
    for (const [year, month, day] of [
      [1970, 0, 1],
      [1999, 11, 31],
      [2000, 1, 29],
      [2024, 1, 29],
      [2026, 10, 20],
      [2100, 2, 1],
    ] as const) {
      const at = Date.UTC(year, month, day, 3, 4, 5);
      const text = new Date(at).toUTCString();
      expect(parseHttpDate(text), text).toBe(at);
    }
    const at = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(at);
    expect(parseHttpDate('Sun Nov  6 08:49:37 1994')).toBe(at);
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37',
      'Sun, 06 Nov 1994 24:00:00 GMT',
      'Sun, 32 Nov 1994 08:49:37 GMT',
      'Sun, 06 Foo 1994 08:49:37 GMT',
    ])
      expect(parseHttpDate(text), text).toBeUndefined();
  });
});

it('N11 only strong ETags say that contents are the same', () => {
  expect(strongEtag('"abc"')).toBe('"abc"');
  for (const value of [null, '', 'abc', 'W/"abc"', '"a"b"', '"', `"${'a'.repeat(256)}"`])
    expect(strongEtag(value), String(value)).toBeUndefined();
});
