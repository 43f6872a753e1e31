/** Zip archives made in code, whose entries may lie about themselves. */
import { joined, little, utf8 } from './testing';

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** The bytes as they are stored, where they are packed: method 8, raw deflate. */
  readonly packed?: Uint8Array;
  readonly method?: number;
  /** General purpose flags; 1 is encrypted. */
  readonly flags?: number;
  /** What is said of the unpacked size, where that is a lie. */
  readonly declared?: number;
  readonly crc?: number;
}

/** An archive of entries, one after the other, a list of them and the end record. */
export function zipFile(entries: readonly ZipEntry[], comment = ''): Uint8Array {
  let body: Uint8Array = new Uint8Array();
  let list: Uint8Array = new Uint8Array();
  for (const entry of entries) {
    const name = utf8(entry.name);
    const stored = entry.packed ?? entry.data;
    const common = joined(
      little(entry.flags ?? 0x800, 2),
      little(entry.method ?? (entry.packed ? 8 : 0), 2),
      little(0x21, 4),
      little(entry.crc ?? crc32(entry.data), 4),
      little(stored.length, 4),
      little(entry.declared ?? entry.data.length, 4),
      little(name.length, 2),
      little(0, 2),
    );
    const central = joined(utf8('PK\x01\x02'), little(20, 2), little(20, 2), common);
    list = joined(list, central, little(0, 10), little(body.length, 4), name);
    body = joined(body, utf8('PK\x03\x04'), little(20, 2), common, name, stored);
  }
  const count = little(entries.length, 2);
  const end = joined(utf8('PK\x05\x06'), little(0, 4), count, count, little(list.length, 4));
  return joined(body, list, end, little(body.length, 4), little(comment.length, 2), utf8(comment));
}

/** CRC-32 as zip has it: reflected polynomial 0xedb88320. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
