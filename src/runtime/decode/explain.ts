/** Decoders answer every failure with one word; what it means is found out here. */
import { InvalidError, toWinnowError, UnsupportedError, WinnowError } from '../../core/errors';
import type { ImageHeader } from '../../core/image/types';
import { blobReader, inspectImage } from './inspect';

/** Anything thrown while decoding `blob`, as the WinnowError that says what to do. */
export async function explained(error: unknown, blob: Blob): Promise<WinnowError> {
  if (error instanceof WinnowError) return error;
  const known = toWinnowError(error);
  if (known.code !== 'internal') return known;
  try {
    // A file that went away fails to decode in the same way as a broken one.
    const { header } = await inspectImage(blob);
    await blobReader(blob)(blob.size - 1, blob.size);
    return await undecodable(header, error);
  } catch (reason) {
    return toWinnowError(reason);
  }
}

async function undecodable({ format, mime }: ImageHeader, cause: unknown): Promise<WinnowError> {
  const supported = typeof ImageDecoder === 'undefined' || (await ImageDecoder.isTypeSupported(mime));
  if (!supported) {
    const message = `This browser cannot decode ${format}. Save it as PNG.`;
    return new UnsupportedError('unsupported-browser', message, {}, { cause });
  }
  const message = `Damaged: the ${format} could not be decoded. Look at it yourself, or get another copy.`;
  return new InvalidError('damaged-file', message, {}, { cause });
}
