/**
 * A folder of pictures on disk as large as photographs: JPEG, PNG and WebP in turn. Some hundred drawings, each written
 * many times over with another number in its metadata: every file's bytes are its own, so nothing is scored once for two.
 */
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Page } from '@playwright/test';
import { addMix } from '../batch/pictures';

const KINDS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};
/** Files of a subfolder. */
const SHELF = 500;
const DRAWINGS = 240;
/** Bytes: PNGs of two megapixels are left out, so that a file is 0.3 MB on average. */
const LARGEST = 900_000;

export interface Pictures {
  readonly folder: string;
  readonly count: number;
  /** Bytes of all files. */
  readonly bytes: number;
}

/** `count` pictures below `folder`, drawn in `page`. What is there from an earlier time is kept and added to. */
export async function writePictures(page: Page, folder: string, count: number): Promise<Pictures> {
  mkdirSync(folder, { recursive: true });
  const missing = Array.from({ length: count }, (_, at) => at).filter((at) => !sizeOf(folder, at));
  if (missing.length > 0) {
    const drawings = await drawn(page, Math.min(DRAWINGS, count));
    for (const at of missing) {
      const { bytes, kind } = drawings[at % drawings.length]!;
      const path = pathOf(folder, at, kind);
      mkdirSync(join(path, '..'), { recursive: true });
      // Under its name once it is whole: the next run takes what is there.
      writeFileSync(`${path}.part`, numbered(bytes, kind, at));
      renameSync(`${path}.part`, path);
    }
    console.log(`${missing.length} pictures written to ${folder}`);
  }
  const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  if (there.length !== count)
    throw new Error(`${folder} has ${there.length} files, ${count} were asked for.`);
  const bytes = Array.from({ length: count }, (_, at) => sizeOf(folder, at)).reduce((a, b) => a + b, 0);
  return { folder, count, bytes };
}

const pathOf = (folder: string, at: number, kind: string): string =>
  join(folder, `shelf-${Math.floor(at / SHELF)}`, `picture-${String(at).padStart(6, '0')}.${kind}`);

/** Bytes of a picture, whatever its kind; 0 when it is not there. */
function sizeOf(folder: string, at: number): number {
  for (const kind of Object.values(KINDS)) {
    const found = statSync(pathOf(folder, at, kind), { throwIfNoEntry: false });
    if (found) return found.size;
  }
  return 0;
}

interface Drawing {
  readonly bytes: Buffer;
  readonly kind: string;
}

async function drawn(page: Page, count: number): Promise<Drawing[]> {
  await addMix(page, { count });
  const drawings: Drawing[] = [];
  for (let at = 0; at < count; at++) {
    const { url, type } = await page.evaluate(async (number) => {
      const blob = await globalThis.mixed(number);
      const reader = new FileReader();
      return new Promise<{ url: string; type: string }>((resolve) => {
        reader.onload = () => resolve({ url: reader.result as string, type: blob.type });
        reader.readAsDataURL(blob);
      });
    }, at);
    const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
    if (bytes.length <= LARGEST) drawings.push({ bytes, kind: KINDS[type]! });
  }
  return drawings;
}

/** The same picture under another number, which stands where `addMix` puts it. Of a PNG's chunk there is a checksum. */
function numbered(bytes: Buffer, kind: string, number: number): Buffer {
  const made = Buffer.from(bytes);
  const mark = `n${String(number).padStart(7, '0')}`;
  const at = { jpg: 6, png: 43 }[kind] ?? made.length - mark.length;
  made.write(mark, at, 'latin1');
  // `tEXt`, a key of one letter and its end come before the mark.
  if (kind === 'png') made.writeUInt32BE(crc32(made.subarray(at - 6, at + mark.length)), at + mark.length);
  return made;
}
