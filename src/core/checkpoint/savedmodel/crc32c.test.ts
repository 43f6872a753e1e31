import { expect, it } from 'vitest';
import { utf8 } from '../testing';
import { crc32c, maskedCrc32c } from './crc32c';

// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
it('gives the published checksums', () => {
  expect(crc32c(utf8('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

it('masks as LevelDB does', () => {
  const crc = crc32c(utf8('foo'));
  expect(maskedCrc32c(utf8('foo'))).toBe(
    Number(((BigInt(crc >>> 15) | BigInt((crc << 17) >>> 0)) + 0xa282ead8n) & 0xffffffffn),
  );
});
