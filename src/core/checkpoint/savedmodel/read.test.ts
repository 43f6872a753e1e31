import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unpackZip } from '../../../runtime/unpack';
import { memorySource } from '../source';
import { readFloat32, readTensor } from '../stored';
import { joined, source } from '../testing';
import { readSavedModel } from './read';
import { plainBundle, type TableOptions, varint } from './testing';

const VALUE = '.ATTRIBUTES/VARIABLE_VALUE';

describe('readSavedModel', () => {
  it('reads the head that LAION published, out of its zip, every checksum true', async () => {
    const zip = readFileSync('e2e/fixtures/models/clip_autokeras_binary_nsfw.zip');
    const files = await unpackZip(memorySource('head.zip', zip));
    const head = await readSavedModel(new Map(files.map((file) => [file.name, file])));
    const shapes = [...head].filter(
      ([name]) => name.endsWith(VALUE) && name.startsWith('layer_with_weights'),
    );
    expect(shapes.map(([name, { shape }]) => `${name.slice(19, -VALUE.length - 1)} ${shape}`)).toEqual([
      ...['1/count ', '1/mean 768', '1/variance 768', '2/bias 64', '2/kernel 768,64', '3/bias 512'],
      ...['3/kernel 64,512', '4/bias 256', '4/kernel 512,256', '5/bias 1', '5/kernel 256,1'],
    ]);
    // A read of a whole tensor checks TensorFlow's checksum of it.
    for (const tensor of head.values()) await readTensor(tensor);
    // Of unit vectors of 768 numbers the variance is about 1/768 a column.
    const variance = await readFloat32(head.get(`layer_with_weights-1/variance/${VALUE}`)!);
    const middle = [...variance].sort((a, b) => a - b)[384]!;
    expect(middle * 768).toBeGreaterThan(0.2);
    expect(middle * 768).toBeLessThan(2);
  });

  const tensors = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [
      `layer-${String(i).padStart(3, '0')}/kernel/${VALUE}`,
      [i, i + 0.5],
    ]),
  );
  // Literals only: what unpacks is a table's business, how well it was packed is not.
  const compress = (block: Uint8Array) => {
    const pieces = [varint(block.length)];
    for (let at = 0; at < block.length; at += 60) {
      const piece = block.subarray(at, at + 60);
      pieces.push(Uint8Array.of((piece.length - 1) << 2), piece);
    }
    return joined(...pieces);
  };

  it.each<[string, TableOptions]>([
    ['one block', {}],
    ['many blocks', { blockBytes: 200 }],
    ['keys that share nothing', { interval: 1 }],
    ['keys that share all they can', { interval: 1000 }],
    ['blocks packed with Snappy', { blockBytes: 1000, compression: 1, compress }],
  ])('reads an index of %s', async (_, options) => {
    const { index, data } = plainBundle(tensors, options);
    const files = [source('m/variables.index', index), source('m/variables.data-00000-of-00001', data)];
    const read = await readSavedModel(new Map(files.map((file) => [file.name, file])));
    expect([...read.keys()]).toEqual(Object.keys(tensors));
    for (const [name, values] of Object.entries(tensors))
      expect([...(await readFloat32(read.get(name)!))]).toEqual(values);
  });

  it('reads nothing of a shard before a tensor is asked for, and says when that is damaged', async () => {
    const { index, data } = plainBundle({ a: [1, 2], b: [3] });
    const shard = source('variables.data-00000-of-00001', data);
    data[9]! ^= 1;
    const read = await readSavedModel(
      new Map([
        ['variables.index', source('variables.index', index)],
        [shard.name, shard],
      ]),
    );
    // Eight bytes, to see that the shard is no index.
    expect(shard.bytesRead).toBe(8 * Number(shard.size >= 48));
    expect([...(await readFloat32(read.get('a')!))]).toEqual([1, 2]);
    await expect(readTensor(read.get('b')!)).rejects.toThrow(/“b” .* is damaged/);
  });
});
