/** The fixtures as the harness serves them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_FILES, type Base } from './corpus';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'images');

export function baseFromDisk(): Base {
  return Object.fromEntries(
    BASE_FILES.map((name) => [name, new Uint8Array(readFileSync(join(FIXTURES, 'base', name)))]),
  );
}

/** Paths from the server's root, such as `base/still.jpg` and `sources/one-pixel.png`. */
export function fixtureFiles(): Map<string, Uint8Array> {
  return new Map(
    ['base', 'sources'].flatMap((folder) =>
      readdirSync(join(FIXTURES, folder)).map((name): [string, Uint8Array] => [
        `${folder}/${name}`,
        readFileSync(join(FIXTURES, folder, name)),
      ]),
    ),
  );
}

/** SHA-256 of the pixels each pipeline gives for each source, as Pillow computes them. */
export function goldens(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return JSON.parse(readFileSync(join(FIXTURES, 'goldens.json'), 'utf8'));
}

/** SHA-256 of the RGBA pixels of files in base, as Pillow decodes them. */
export function decodedPixels(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(FIXTURES, 'pixels.json'), 'utf8'));
}
