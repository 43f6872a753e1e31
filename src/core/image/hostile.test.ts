/** The hostile corpus through everything that runs before a decoder does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BASE_FILES, corpus, type Item } from '../../../e2e/hostile/corpus';
import { WinnowError } from '../errors';
import { extensionLie, readHeader, readImageHeader } from './header';
import { checkPngData } from './png-data';
import type { ReadRange } from './ranges';
import { checkFileStructure, checkStructure, isTruncated, trailingNote } from './structure';
import type { ImageHeader } from './types';

const FOLDER = join(import.meta.dirname, '../../../e2e/fixtures/images/base');
const base = Object.fromEntries(
  BASE_FILES.map((name) => [name, new Uint8Array(readFileSync(join(FOLDER, name)))]),
);
const items = corpus(base);
/** Most milliseconds a refusal may take. */
const REFUSAL = 5;

interface Outcome {
  readonly item: Item;
  readonly bytes: Uint8Array;
  readonly header?: ImageHeader;
  readonly notes: readonly string[];
  readonly error?: unknown;
}

async function judged(item: Item): Promise<Outcome> {
  const bytes = await item.bytes();
  const read: ReadRange = async (start, end) => bytes.subarray(start, end);
  try {
    const header = await readImageHeader(read, bytes.length);
    const structure = await checkFileStructure(header.format, read, bytes.length);
    if (header.format === 'PNG') await checkPngData(read, bytes.length);
    const notes = [
      ...header.notes,
      ...(structure.notes ?? []),
      extensionLie(item.name, header),
      trailingNote(structure, bytes.length),
    ].filter((note) => note !== null);
    return { item, bytes, header, notes };
  } catch (error) {
    return { item, bytes, notes: [], error };
  }
}

const outcomes: Outcome[] = [];

beforeAll(async () => {
  for (const item of items) outcomes.push(await judged(item));
}, 120_000);

const failing = (test: (outcome: Outcome) => boolean) =>
  outcomes.filter((outcome) => !test(outcome)).map(({ item, error }) => `${item.id}: ${String(error)}`);

describe('the hostile corpus, before decoding', () => {
  it('has 500 files in six formats, each under a name of its own', () => {
    expect(items.length).toBeGreaterThanOrEqual(500);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    const formats = new Set(outcomes.flatMap(({ header }) => header?.format ?? []));
    expect([...formats].sort()).toEqual(['AVIF', 'BMP', 'GIF', 'JPEG', 'PNG', 'WebP']);
  });

  it('is the same on every run', async () => {
    for (const [i, item] of corpus(base).entries())
      if (item.id.includes('mutation'))
        expect(Buffer.compare(await item.bytes(), outcomes[i]!.bytes)).toBe(0);
  });

  it('I11 ends in a header or a typed error, nothing else', () => {
    expect(failing(({ error }) => error === undefined || error instanceof WinnowError)).toEqual([]);
    // Every refusal says what to do: a sentence after the finding.
    expect(
      failing(({ error }) => error === undefined || /\. [A-Z]|; the limit/.test((error as Error).message)),
    ).toEqual([]);
  });

  it('I01 I02 I03 I07 I08 I13 I14 refuses with the code of the case', () => {
    const wrong = ({ item, error }: Outcome) =>
      item.expect !== 'error' || (error instanceof WinnowError && error.code === (item.code ?? error.code));
    expect(failing(wrong)).toEqual([]);
  });

  it('I10 takes no file that is cut short, and I09 I12 I17 takes every valid one', () => {
    expect(failing(({ item, error }) => item.expect !== 'cut' || error instanceof WinnowError)).toEqual([]);
    expect(failing(({ item, error }) => item.expect !== 'pixels' || error === undefined)).toEqual([]);
  });

  it('I08 I09 notes lying extensions and trailing bytes', () => {
    const noted = ({ item, notes }: Outcome) =>
      item.note === undefined ||
      /frames/.test(item.note.source) ||
      notes.some((note) => item.note!.test(note));
    expect(failing(noted)).toEqual([]);
    // Names are hostile: nothing of them but a short extension is repeated.
    for (const { notes } of outcomes) for (const note of notes) expect(note).toMatch(/^[\x20-\x7e]{1,80}$/);
  });

  it('I04 I05 counts frames without decoding', () => {
    const frames = (id: string) => {
      const { bytes, header } = outcomes.find(({ item }) => item.id === id)!;
      return checkStructure(header!.format, bytes).frames;
    };
    expect(frames('I04 GIF of 100,000 frames')).toBe(100_000);
    expect(frames('I05 APNG of 60 frames')).toBe(60);
    expect(frames('I05 WebP of 300 frames')).toBe(300);
    expect(frames('I05 AVIF of 12 frames')).toBe(12);
    expect(frames('valid still.gif')).toBe(1);
  });

  it('I01 refuses from the first 256 KB in at most 5 ms', () => {
    const slow = outcomes.flatMap(({ item, bytes }) => {
      if (!item.header) return [];
      const head = bytes.subarray(0, 256 * 1024);
      // The best of up to ten: the machine may be busy with something else.
      let best = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < 10 && best > REFUSAL; tries++) {
        const started = performance.now();
        let refusal: unknown;
        try {
          readHeader(head, bytes.length);
        } catch (error) {
          refusal = error;
        }
        best = Math.min(best, performance.now() - started);
        expect(refusal, item.id).toBeInstanceOf(WinnowError);
      }
      return best > REFUSAL ? [`${item.id}: ${best} ms`] : [];
    });
    expect(slow).toEqual([]);
  });

  it('I10 isTruncated tells cut files from whole ones', () => {
    for (const { item, bytes, header } of outcomes) {
      if (item.id.startsWith('valid')) expect(isTruncated(header!.format, bytes), item.id).toBe(false);
      if (item.id.endsWith('without its last byte')) {
        const whole = outcomes.find((other) => other.item.id === `valid ${item.name}`)!;
        expect(isTruncated(whole.header!.format, bytes), item.id).toBe(true);
      }
    }
  });
});
