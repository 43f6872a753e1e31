import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { familyById } from '../../core/architectures';
import { readSafetensors } from '../../core/checkpoint/safetensors';
import { type ByteSource, memorySource } from '../../core/checkpoint/source';
import type { Precision } from '../../core/policy/types';
import { prepare } from '../../core/prepare/prepare';
import { rangesOf } from './plan';

const FIXTURES = 'src/core/architectures/fixtures';

/** Notes what is read after the header. */
function watched(folder: string): { source: ByteSource; reads: { start: number; end: number }[] } {
  const whole = memorySource(
    'model.safetensors',
    new Uint8Array(readFileSync(`${FIXTURES}/${folder}/model.safetensors`)),
  );
  const reads: { start: number; end: number }[] = [];
  const source: ByteSource = {
    ...whole,
    read(start, end, signal) {
      reads.push({ start, end });
      return whole.read(start, end, signal);
    },
  };
  return { source, reads };
}

const CASES: readonly (readonly [string, string, Precision])[] = [
  ['clip-vision', 'clip-vision', 'exact'],
  ['clip-vision', 'clip-vision', 'int8'],
  ['timm-vit', 'timm-vit', 'int8'],
  ['timm-eva02', 'timm-eva02', 'exact'],
  ['hf-vit', 'hf-vit', 'exact'],
];

describe('rangesOf', () => {
  it.each(CASES)(
    '%s: every read of %s as %s lies in what was planned, and the plan is no wider',
    async (folder, id, precision) => {
      const { source, reads } = watched(folder);
      const { tensors } = await readSafetensors(source);
      const config = JSON.parse(readFileSync(`${FIXTURES}/${folder}/config.json`, 'utf8'));
      const network = familyById(id)!.build(config, tensors, { precision });
      const ranges = rangesOf(source, tensors, { parts: [{ role: 'network', network }] });
      await prepare(network.weights, { write: async () => {} });
      for (const { start, end } of reads)
        expect(
          ranges.some((range) => range.start <= start && end <= range.end),
          `${start}–${end}`,
        ).toBe(true);
      const planned = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
      const read = reads.map(({ start, end }) => `${start}-${end}`);
      const once = [...new Set(read)].reduce(
        (sum, one) => sum + Number(one.split('-')[1]) - Number(one.split('-')[0]),
        0,
      );
      expect(planned).toBeLessThanOrEqual(once);
      if (folder === 'clip-vision') expect(planned).toBeLessThan(source.size - 40_000);
    },
  );

  it('of a file that holds no tensors, the whole', async () => {
    const source = memorySource('tokenizer.json', new Uint8Array(7));
    expect(rangesOf(source, undefined, { parts: [] })).toEqual([{ start: 0, end: 7 }]);
  });
});
