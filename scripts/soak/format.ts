/** What a format is to a campaign, and what they share. */
import type { Random } from '../../e2e/hostile/random';
import type { ByteSource } from '../../src/core/checkpoint/source';
import { type Checkpoint, readTensor } from '../../src/core/checkpoint/stored';
import { mutate } from './mutations';

/** Files by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

export interface Format {
  /** Whole files: they must be read without an error. */
  readonly whole: () => Files;
  /** Damaged ones, and what was done to them. */
  readonly damaged: (random: Random) => { files: Files; what: string };
  /** Reads everything there is. Throws as the reader does; Error where something lies out of bounds. */
  readonly read: (sources: readonly ByteSource[]) => Promise<void>;
  /** What a file may take; 100 where nothing is said. */
  readonly milliseconds?: number;
  /** Bytes that may be read of a file over twice its size; none where nothing is said. */
  readonly slack?: number;
}

/**
 * For archives and piles: the end of a zip's directory is looked for in its last 64 KiB, and a pile's files are looked at
 * to see what they are before they are read.
 */
export const SLACK = 64 * 1024;

/** One of the files mutated. */
export function anyOf(files: Files, random: Random): { files: Files; what: string } {
  const names = Object.keys(files);
  const name = names[random.below(names.length)]!;
  const { bytes, what } = mutate(files[name]!, random);
  return { files: { ...files, [name]: bytes }, what: `${name}: ${what}` };
}

export async function readAll(tensors: Checkpoint): Promise<void> {
  for (const [name, tensor] of tensors) {
    const { start, end, source } = tensor;
    if (!(Number.isInteger(start) && 0 <= start && start <= end && end <= source.size))
      throw new Error(`${name} lies from ${start} to ${end} of ${source.size}`);
    await readTensor(tensor);
  }
}
