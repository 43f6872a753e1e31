import { describe, expect, it } from 'vitest';
import { readShards } from './shards';
import { readFloat32 } from './stored';
import { plainSafetensors, source, utf8 } from './testing';

const index = (places: Readonly<Record<string, string>>) =>
  source(
    'model.safetensors.index.json',
    utf8(JSON.stringify({ metadata: { total_size: 8 }, weight_map: places })),
  );
const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';

describe('readShards', () => {
  it('joins the shards, each tensor in its own file', async () => {
    const files = [
      source(second, plainSafetensors({ b: [2], c: [1] })),
      source(`folder/${first}`, plainSafetensors({ a: [1] })),
    ];
    const tensors = await readShards(index({ a: first, b: second, c: second }), files);
    expect([...tensors.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(tensors.get('a')!.source).toBe(files[1]);
    expect([...(await readFloat32(tensors.get('c')!))]).toEqual([2]);
  });

  it('knows a shard by its tensors when it was renamed', async () => {
    const files = [
      source('one (1).bin', plainSafetensors({ b: [2] })),
      source('two', plainSafetensors({ a: [1] })),
    ];
    const tensors = await readShards(index({ a: first, b: second }), files);
    expect(tensors.get('b')!.source).toBe(files[0]);
  });
});
