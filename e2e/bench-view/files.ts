/** Pictures made here, byte by byte, and ways to give them to the page as a person would. */
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';

export interface Given {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

type Colour = readonly [number, number, number];
export const RED: Colour = [230, 20, 20];
export const GREEN: Colour = [20, 160, 40];
export const BLUE: Colour = [20, 40, 220];

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** An RGB PNG; `paint` gives each pixel's colour. */
export function png(width: number, height: number, paint: (x: number, y: number) => Colour): Buffer {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows.set(paint(x, y), y * (1 + 3 * width) + 1 + 3 * x);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Squares of grey and blue: each like no other, so that none are taken for near-duplicates. `at`: below 64. */
export function unlike(at: number): Buffer {
  return png(64, 48, (x, y) => {
    const word = Math.imul((at * 64 + (y >> 3) * 8 + (x >> 3)) ^ 0x5bd1, 0x9e3779b1);
    const shade = Math.imul(word ^ (word >>> 15), 0x85ebca6b) >>> 24;
    return [shade, shade, 255 - (at << 2)];
  });
}

export function plain(name: string, colour: Colour, width = 320, height = 240): Given {
  return { name, type: 'image/png', bytes: png(width, height, () => colour) };
}

/** Sharp red and blue squares: whatever shows of them when hidden is neither sharp nor coloured. */
export function squares(name: string): Given {
  const paint = (x: number, y: number) => (((x >> 4) + (y >> 4)) % 2 ? RED : BLUE);
  return { name, type: 'image/png', bytes: png(320, 240, paint) };
}

/** A looping GIF of plain frames, 10 hundredths of a second each. Codes are 3 bits and never grow: a clear every 2 pixels. */
export function gif(name: string, frames: readonly Colour[], size = 16): Given {
  const parts: number[] = [...Buffer.from('GIF89a'), size, 0, size, 0, 0, 0, 0];
  parts.push(0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0);
  for (const colour of frames) {
    parts.push(0x21, 0xf9, 4, 0, 10, 0, 0, 0);
    parts.push(0x2c, 0, 0, 0, 0, size, 0, size, 0, 0x80, ...colour, 0, 0, 0);
    const codes: number[] = [];
    for (let pixel = 0; pixel < size * size; pixel++) {
      if (pixel % 2 === 0) codes.push(4);
      codes.push(0);
    }
    codes.push(5);
    const bytes: number[] = [];
    for (const [at, code] of codes.entries())
      for (let bit = 0; bit < 3; bit++) {
        const place = at * 3 + bit;
        bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (((code >> bit) & 1) << (place & 7));
      }
    parts.push(2);
    for (let from = 0; from < bytes.length; from += 255) {
      const block = bytes.slice(from, from + 255);
      parts.push(block.length, ...block);
    }
    parts.push(0);
  }
  return { name, type: 'image/gif', bytes: Buffer.from([...parts, 0x3b]) };
}

/** Lets go of a file or folder of this machine at a point, by the browser's own dragging. */
export async function letGo(page: Page, path: string, at: { x: number; y: number }): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, ...at, data });
}

/** Drops files on the window, in one drop. */
export async function drop(page: Page, given: readonly Given[]): Promise<void> {
  const files = given.map(({ name, type, bytes }) => ({ name, type, text: bytes.toString('base64') }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const { name, type, text } of list)
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('dragover', options));
    document.body.dispatchEvent(new DragEvent('drop', options));
  }, files);
}
