/** A shard of a tensor bundle that knows its tensors' checksums. */
import { InvalidError } from '../../errors';
import { type ByteSource, readRange } from '../source';
import { shown } from '../strict-json';
import { maskedCrc32c } from './crc32c';

/** A tensor's bytes in the shard, and the masked CRC-32C the index gives for them. */
export interface Summed {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly checksum: number;
}

/**
 * The same bytes. A read of exactly one tensor throws `invalid-model` when its checksum does not match; other reads
 * cannot be checked, and are not.
 */
export function verified(shard: ByteSource, tensors: readonly Summed[]): ByteSource {
  const byStart = new Map(tensors.filter(({ start, end }) => end > start).map((one) => [one.start, one]));
  return {
    name: shard.name,
    size: shard.size,
    async read(start, end, signal) {
      const bytes = await readRange(shard, start, end, signal);
      const tensor = byStart.get(start);
      if (tensor?.end === end && maskedCrc32c(bytes) !== tensor.checksum)
        throw new InvalidError(
          'invalid-model',
          `${shown(tensor.name)} in ${shard.name} is damaged: its checksum does not match. Get the file again.`,
        );
      return bytes;
    },
  };
}
