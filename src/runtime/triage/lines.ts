/** Lines of a file, as it is read. */
import { InvalidError, throwIfAborted, UnsupportedError } from '../../core/errors';
import { MAX_LINE } from '../../core/triage/run-lines';

/** Bytes of a run file: 50,000 items with three models' evidence have 140 MB. */
export const MAX_FILE = 256 * 2 ** 20;

/** Without their ends. Throws UnsupportedError('too-large') before reading, InvalidError('damaged-file') for other than UTF-8. */
export async function* linesOf(
  file: Blob,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  if (file.size > MAX_FILE)
    throw new UnsupportedError('too-large', `The file has ${file.size} bytes; the limit is ${MAX_FILE}.`);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.stream().getReader();
  let rest = '';
  try {
    for (;;) {
      throwIfAborted(signal);
      const { done, value } = await reader.read();
      const lines = (rest + decoded(decoder, value)).split('\n');
      rest = lines.pop()!;
      yield* lines;
      if (done) break;
      if (rest.length > MAX_LINE)
        throw new InvalidError('damaged-file', `The file has a line of more than ${MAX_LINE} characters.`);
      onBytes(value.length);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (rest !== '') yield rest;
}

function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (cause) {
    throw new InvalidError('damaged-file', 'The file is not UTF-8 text.', {}, { cause });
  }
}
