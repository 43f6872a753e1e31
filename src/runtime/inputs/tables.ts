/** Tables of prompts as streams: of a file of any size, a piece and its rows are held. */
import { InvalidError, throwIfAborted, UnsupportedError } from '../../core/errors';
import { SNIFF_BYTES, sniff } from '../../core/image/sniff';
import { type Decoder, decoder, detectEncoding, ENCODING_BYTES, isWhole } from '../../core/tables/encoding';
import { LOOK_BYTES, lookAtHead } from '../../core/tables/look';
import { RowReader } from '../../core/tables/rows';
import type { TableChoice, TableRow } from '../../core/tables/types';
import type { Each, TableRead, TextRead } from '../../rpc/reading';
import { unreadable } from '../source';

/** Read at once. */
const PIECE = 256 * 1024;
/** Handed on at once. */
const BATCH = 200;
/** Rows of one table; those beyond are said to be there, and not read. */
export const ROW_LIMIT = 1_000_000;

/** The head of a table. Rejects with InvalidError where it is none, or cannot be read. */
export async function lookAtTable(file: Blob, name: string, signal?: AbortSignal): Promise<TableRead> {
  const head = await readAt(file, 0, LOOK_BYTES);
  throwIfAborted(signal);
  if (isPicture(head)) return { picture: true };
  const encoding = detectEncoding(head.subarray(0, ENCODING_BYTES));
  const whole = file.size <= LOOK_BYTES;
  return { look: lookAtHead(decoder(encoding).push(head, whole), whole, { name, encoding }) };
}

/**
 * Every row, in order, a few hundred at a time; the next are read when `each` has taken them. Resolves with whether there were
 * more than `limit`. Rejects with InvalidError('damaged-file' | 'unreadable-file') when it cannot go on.
 */
export async function readTable(
  file: Blob,
  choice: TableChoice,
  each: Each<TableRow>,
  options: { signal?: AbortSignal | undefined; limit?: number } = {},
): Promise<{ more: boolean }> {
  const { signal, limit = ROW_LIMIT } = options;
  const rows = new RowReader(choice);
  const text: Decoder = decoder(choice.encoding);
  let left = limit;
  // Once more than there are bytes: the last piece may be empty, and says that it is the last.
  for (let at = 0, last = false; !last; at += PIECE) {
    throwIfAborted(signal);
    const bytes = await readAt(file, at, at + PIECE);
    last = at + PIECE >= file.size;
    const found = rows.push(text.push(bytes, last), last);
    for (let from = 0; from < found.length; from += BATCH) {
      throwIfAborted(signal);
      const batch = found.slice(from, from + Math.min(BATCH, left));
      left -= batch.length;
      if (batch.length > 0) await each(batch);
      if (left === 0 && (from + batch.length < found.length || !last)) return { more: true };
    }
  }
  return { more: false };
}

async function readAt(file: Blob, start: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (cause) {
    throw unreadable(undefined, cause);
  }
}

/** Bytes of a text that is one prompt. */
const TEXT_BYTES = 4 * 2 ** 20;

/** A text of its own, as one prompt. Rejects with InvalidError where it is empty, no text, or cannot be read. */
export async function readText(file: Blob): Promise<TextRead> {
  if (file.size > TEXT_BYTES)
    throw new UnsupportedError('too-large', 'A text of more than 4 MB is not read. Look at it yourself.');
  const bytes = await readAt(file, 0, file.size);
  if (isPicture(bytes)) return { picture: true };
  const text = decoder(detectEncoding(bytes)).push(bytes, true);
  if (text.trim() === '')
    throw new InvalidError('empty-file', 'The file is empty: there is nothing to score.');
  if (!isWhole(text) || text.includes('\0'))
    throw new InvalidError(
      'damaged-file',
      'It holds bytes that are no text. Save it as UTF-8, or look at it yourself.',
    );
  return { text };
}

/** Whatever its name says. */
function isPicture(head: Uint8Array): boolean {
  try {
    return (
      sniff(new DataView(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES))) !== undefined
    );
  } catch {
    return false;
  }
}
