/** A ViT large enough to be interrupted: the small golden's layout with more layers and wider ones, random weights. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelCard } from '../../src/catalog/card';
import { fixture, vitCard } from './installing';

const TIMES = 6;
const DEPTH = 12;
/** Widths of the golden, which grow: of a token, of queries, keys and values, of the hidden layer. */
const WIDTHS: readonly number[] = [48, 144, 192];

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Paths of config.json and of a model.safetensors of about 4 MB a layer, where `times` as wide is not said otherwise. */
export function writeLargeVit(
  depth = DEPTH,
  times = TIMES,
): { folder: string; files: string[]; tensors: number } {
  const { bytes } = fixture('timm-vit', 'model.safetensors');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: Record<string, Entry> = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const entries: Record<string, Entry> = {};
  let offset = 0;
  const add = (name: string, shape: readonly number[]) => {
    const size = shape.reduce((product, one) => product * one, 4);
    entries[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + size] };
    offset += size;
  };
  const grown = Object.entries(header).flatMap(([name, { shape }]) =>
    name === '__metadata__'
      ? []
      : [{ name, shape: shape.map((size) => (WIDTHS.includes(size) ? size * times : size)) }],
  );
  for (const { name, shape } of grown) if (!name.startsWith('blocks.')) add(name, shape);
  // Layer by layer, as a published file has them: whoever prepares one reads it forwards.
  const block = grown.filter(({ name }) => name.startsWith('blocks.0.'));
  for (let layer = 0; layer < depth; layer++)
    for (const { name, shape } of block) add(name.replace('.0.', `.${layer}.`), shape);
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const file = new Uint8Array(8 + text.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  const values = new DataView(file.buffer, 8 + text.length);
  let state = 1;
  for (let at = 0; at < offset; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values.setFloat32(at, (state / 2 ** 32 - 0.5) / 20, true);
  }
  const folder = mkdtempSync(join(tmpdir(), 'winnow-large-'));
  const files = [join(folder, 'config.json'), join(folder, 'model.safetensors')];
  const config = JSON.parse(new TextDecoder().decode(fixture('timm-vit', 'config.json').bytes));
  const args = { ...config.model_args, embed_dim: 48 * times, depth };
  writeFileSync(files[0]!, JSON.stringify({ ...config, num_features: 48 * times, model_args: args }));
  writeFileSync(files[1]!, file);
  return { folder, files, tensors: Object.keys(entries).length };
}

export const largeCard: ModelCard = vitCard({ id: 'test-large' });
