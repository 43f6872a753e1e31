/** Headers of real files, behind large metadata, and the words of refusals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exif, segment, withSegments } from '../../../e2e/hostile/encoders/jpeg';
import { png } from '../../../e2e/hostile/encoders/png';
import { InvalidError, UnsupportedError } from '../errors';
import { checkDimensions, checkFileSize } from './dimensions';
import { extensionLie, readHeader, readImageHeader, uprightSize } from './header';

const FOLDER = join(import.meta.dirname, '../../../e2e/fixtures/images');
const file = (path: string) => new Uint8Array(readFileSync(join(FOLDER, path)));

describe('readHeader', () => {
  it.each([
    [
      'base/still.jpg',
      { format: 'JPEG', mime: 'image/jpeg', width: 48, height: 32, hasAlpha: 'no', animated: false },
    ],
    ['base/progressive.jpg', { format: 'JPEG', width: 48, height: 32, orientation: 1 }],
    ['base/still.webp', { format: 'WebP', mime: 'image/webp', width: 48, height: 32, hasAlpha: 'no' }],
    ['base/alpha.webp', { format: 'WebP', width: 48, height: 32, hasAlpha: 'maybe', animated: false }],
    ['base/moving.webp', { format: 'WebP', width: 48, height: 32, animated: true }],
    [
      'base/still.avif',
      { format: 'AVIF', mime: 'image/avif', width: 48, height: 32, hasAlpha: 'no', frames: 1 },
    ],
    ['base/alpha.avif', { format: 'AVIF', width: 48, height: 32, hasAlpha: 'maybe' }],
    ['base/moving.avif', { format: 'AVIF', width: 48, height: 32, animated: true, frames: 12 }],
    ['sources/alpha-900x600.png', { format: 'PNG', width: 900, height: 600, hasAlpha: 'maybe' }],
    ['sources/gradient-900x600.png', { format: 'PNG', width: 900, height: 600, hasAlpha: 'no' }],
    ['sources/exif-6.jpg', { format: 'JPEG', width: 240, height: 160, orientation: 6 }],
  ])('%s', (path, expected) => {
    expect(readHeader(file(path))).toMatchObject(expected);
  });

  it('I12 finds a JPEG behind 10 MB of metadata without reading them', async () => {
    const block = segment(0xe2, new Uint8Array(65_533));
    const bytes = withSegments(file('base/still.jpg'), [
      exif(6),
      ...Array.from({ length: 160 }, () => block),
    ]);
    let read = 0;
    const header = await readImageHeader(async (start, end) => {
      read += end - start;
      return bytes.subarray(start, end);
    }, bytes.length);
    expect(header).toMatchObject({ width: 48, height: 32, orientation: 6 });
    expect(uprightSize(header)).toEqual({ width: 32, height: 48 });
    expect(read).toBeLessThan(bytes.length / 3);
    expect(() => readHeader(bytes.subarray(0, 256 * 1024), bytes.length)).toThrow(/continues past/);
  });

  it('stops when it is no longer wanted', async () => {
    const bytes = file('base/still.jpg');
    const read = async (start: number, end: number) => bytes.subarray(start, end);
    await expect(readImageHeader(read, bytes.length, AbortSignal.abort())).rejects.toThrow('Cancelled');
  });
});

describe('refusals', () => {
  const message = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error as Error;
    }
    return new Error('nothing was thrown');
  };

  it('I01 name the number and the limit', () => {
    expect(message(() => checkDimensions('PNG', 23_000, 23_000))).toMatchObject({
      code: 'too-large',
      message: 'Too large: 529 megapixels; the limit is 64.',
    });
    expect(message(() => checkDimensions('PNG', 8001, 8000)).message).toBe(
      'Too large: 64.1 megapixels; the limit is 64.',
    );
    expect(message(() => checkDimensions('PNG', 65_535, 65_535)).message).toBe(
      'Too large: 4,295 megapixels; the limit is 64.',
    );
    expect(message(() => checkDimensions('PNG', 1, 20_000)).message).toBe(
      'Too large: 20,000 pixels high; the limit is 16,384.',
    );
    expect(message(() => checkFileSize(50 * 2 ** 20 + 1)).message).toBe('Too large: 51 MB; the limit is 50.');
    expect(() => checkDimensions('PNG', 8000, 8000)).not.toThrow();
    expect(() => checkFileSize(50 * 2 ** 20)).not.toThrow();
  });

  it('I02 I14 separate broken files from unsupported ones', () => {
    expect(message(() => checkDimensions('GIF', 0, 5))).toBeInstanceOf(InvalidError);
    expect(message(() => checkFileSize(0))).toMatchObject({ code: 'empty-file' });
    expect(message(() => readHeader(new TextEncoder().encode('<svg xmlns="x"/>')))).toBeInstanceOf(
      UnsupportedError,
    );
    expect(message(() => readHeader(new TextEncoder().encode('<svg xmlns="x"/>'))).message).toBe(
      'SVG is not checked. Convert it to JPEG or PNG, or look at it yourself.',
    );
  });
});

describe('extensionLie', () => {
  const header = readHeader(png({ width: 2, height: 2 }));

  it.each([
    ['a.png', null],
    ['A.PNG', null],
    ['a.apng', null],
    ['a', null],
    ['', null],
    ['a.<b>', null],
    ['photo\u202egnp.exe', 'Named .exe, but its content is PNG.'],
    ['a.jpg', 'Named .jpg, but its content is PNG.'],
    ['a.png.jpeg', 'Named .jpeg, but its content is PNG.'],
  ])('I08 I17 %j', (name, note) => {
    expect(extensionLie(name, header)).toBe(note);
  });
});
