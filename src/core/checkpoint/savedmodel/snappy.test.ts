import { describe, expect, it } from 'vitest';
import { unsnappy } from './snappy';

const bytes = Array.from({ length: 256 }, (_, i) => i);
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('unsnappy', () => {
  // Packed by the reference implementation, through python-cramjam 2: snappy.compress_raw.
  it.each([
    [
      'one letter again and again',
      'a'.repeat(1000),
      '6AcAYf4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAP4BAJoBAA==',
    ],
    [
      'a phrase again and again',
      `${'layer_with_weights-'.repeat(70)}x`,
      'swpIbGF5ZXJfd2l0aF93ZWlnaHRzLf4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAP4TAHoTAAB4',
    ],
    [
      'all bytes, three times',
      String.fromCharCode(...bytes, ...bytes, ...bytes),
      'gAb0BQEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9gYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/AwcLDxMXGx8jJysvMzc7P0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f7/AAECAwQF/gAB/gAB/gAB/gAB/gAB/gAB/gAB5gAB',
    ],
  ])('unpacks %s', (_, text, packed) => {
    expect(unsnappy(latin1(atob(packed)), 2000, 'A block')).toEqual(latin1(text));
  });

  it('unpacks nothing to nothing', () => expect(unsnappy(Uint8Array.of(0), 0, 'A block')).toHaveLength(0));

  it('reads copies with offsets of one, two and four bytes', () => {
    const packed = [14, 4, 97, 98, 1, 2, 0x0e, 6, 0, 0x0f, 2, 0, 0, 0];
    expect(() => unsnappy(Uint8Array.from(packed), 100, 'A block')).not.toThrow();
    expect(String.fromCharCode(...unsnappy(Uint8Array.from(packed), 100, 'A block'))).toBe(
      'abababababababab'.slice(0, 14),
    );
  });
});
