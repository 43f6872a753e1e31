import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CardFile, ModelCard } from '../../catalog/card';
import { starterImage } from '../../catalog/starter-image';
import { type InvalidError, toWinnowError } from '../../core/errors';
import { checkFiles, hashedBytes, openFiles } from './files';

const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);
const hashOf = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const card = (...files: CardFile[]): ModelCard => ({
  ...starterImage,
  install: { family: 'x', files, precision: { wasm: 'exact', webgpu: 'exact' } },
});
const pin = (path: string, data: Uint8Array): CardFile => ({
  role: 'weights',
  path,
  bytes: data.length,
  sha256: hashOf(data),
});
const picked = (name: string, data: Uint8Array<ArrayBuffer>) => ({ name, blob: new Blob([data]) });
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => toWinnowError(error) as InvalidError,
  );

describe('checkFiles', () => {
  it('records every file, with the hash of those that are small', async () => {
    const sources = await openFiles([picked('model/config.json', bytes(10))]);
    expect(await checkFiles(card(), sources)).toEqual([
      { name: 'model/config.json', bytes: 10, sha256: hashOf(bytes(10)) },
    ]);
  });

  it('reads a large file for its hash only where the card pins it, and counts what it reads', async () => {
    const large = bytes(17e6);
    const sources = await openFiles([picked('model.safetensors', large), picked('config.json', bytes(10))]);
    expect(hashedBytes(card(), sources)).toBe(10);
    const [loose] = await checkFiles(card(), sources);
    expect(loose).toEqual({ name: 'model.safetensors', bytes: 17e6 });
    const pinned = card(pin('onnx/model.safetensors', large));
    let read = 0;
    const [sure] = await checkFiles(pinned, sources, undefined, (count) => {
      read += count;
    });
    expect(sure).toMatchObject({ sha256: hashOf(large) });
    expect(read).toBe(hashedBytes(pinned, sources));
  });

  it('M10, M19: refuses another size or content than the card pins, whatever folder it lies in', async () => {
    const wanted = bytes(100);
    const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
      [bytes(99), /99 bytes instead of 100/],
      [bytes(100, 2), /another content/],
    ];
    for (const [data, says] of cases) {
      const sources = await openFiles([picked('download/model.safetensors', data)]);
      const error = await failed(checkFiles(card(pin('model.safetensors', wanted)), sources));
      expect(error?.code).toBe('invalid-model');
      expect(error?.message).toMatch(says);
    }
    const { bytes: _, ...unsized } = pin('model.safetensors', wanted);
    const sources = await openFiles([picked('model.safetensors', bytes(100, 2))]);
    expect((await failed(checkFiles(card(unsized), sources)))?.code).toBe('invalid-model');
  });

  it('of several pinned files of one name takes the one of its size', async () => {
    const [one, other] = [bytes(100), bytes(200)];
    const both = card(pin('a/model.safetensors', one), pin('b/model.safetensors', other));
    const sources = await openFiles([picked('model.safetensors', other)]);
    expect(await checkFiles(both, sources)).toHaveLength(1);
  });

  it('can be withdrawn', async () => {
    const sources = await openFiles([picked('config.json', bytes(10))]);
    expect((await failed(checkFiles(card(), sources, AbortSignal.abort())))?.code).toBe('cancelled');
  });
});
