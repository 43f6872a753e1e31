/** One request's worth of a file: from the first byte that is missing to the end of the stretch, chunk by chunk. */
import { type ByteRange, chunkRange, type Run } from '../../core/hub/chunks';
import { hostOf, pointerInstead, unreachable, webPage, wrongSize } from '../../core/hub/errors';
import { isWebPage } from '../../core/hub/page';
import { looksLikePointer } from '../../core/hub/pointer';
import { blobIsGarbage } from '../garbage';
import { type Asked, checkAnswer, checkUnsatisfied, etagOf, placeOf } from './answer';
import type { FileRecord } from './chunks';
import { HASHED_BESIDE } from './digest';
import type { Means } from './means';
import { piecesOf } from './pieces';
import { type Connection, Setback, withConnection } from './retry';

/** What is read of a chunk before the one in front of it is stored: a crash must not cost two whole ones. */
export const AHEAD_BYTES = 6 * 2 ** 20;

/** A chunk that is not whole yet. It outlives the connection that began it, so that nothing is asked for twice. */
export class Filling {
  index = -1;
  filled = 0;
  private bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Memory of earlier chunks, in the order it will come back. */
  private readonly given: Promise<ArrayBuffer>[] = [];

  constructor(private readonly size: number) {}

  begin(index: number): void {
    this.index = index;
    this.filled = 0;
  }

  /** `add` may follow: waits where too many chunks are still being read by others. */
  async room(): Promise<void> {
    if (this.bytes) return;
    const back = this.given.length > HASHED_BESIDE ? await this.given.shift() : undefined;
    this.bytes = new Uint8Array(back ?? new ArrayBuffer(this.size));
  }

  add(part: Uint8Array): void {
    this.bytes!.set(part, this.filled);
    this.filled += part.byteLength;
  }

  /** What there is of it, and a copy of that which the browser has. */
  whole(): { bytes: Uint8Array<ArrayBuffer>; blob: Blob } {
    const bytes = this.bytes!.subarray(0, this.filled);
    return { bytes, blob: new Blob([bytes]) };
  }

  /** Goes on with the next; `back` gives the memory of this one again, or as much. */
  pass(back: Promise<ArrayBuffer>): void {
    this.given.push(back);
    this.bytes = undefined;
    blobIsGarbage(this.size);
    this.begin(this.index + 1);
  }
}

export interface Arrived {
  readonly index: number;
  /** Whoever gets them may give them away, and gives back as much with `Kept.read`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blob: Blob;
  readonly etag: FileRecord['etag'];
}

/** What becomes of a chunk. */
export interface Kept {
  /** The memory of its bytes, or as much, when they are not needed any more. Never rejects. */
  readonly read: Promise<ArrayBuffer>;
  readonly stored: Promise<void>;
}

/** What `Download.gather` works on. */
export interface Gathering {
  readonly record: () => FileRecord;
  /** The next stretch to ask for; undefined when nothing is left. */
  readonly run: () => Run | undefined;
  readonly onChunk: (chunk: Arrived) => Kept;
  readonly restart: () => Promise<void>;
}

export interface Transfer {
  readonly asked: Asked;
  readonly headers: Readonly<Record<string, string>>;
  readonly record: FileRecord;
  readonly run: Run;
  readonly filling: Filling;
  readonly means: Means;
  readonly signal: AbortSignal;
  /** As of a FileRequest. */
  readonly begun: boolean;
  /** Bytes that arrived and are of use. */
  readonly onBytes: (count: number) => void;
  readonly onChunk: (chunk: Arrived) => Kept;
}

/** Thrown for a 416 on a range that the file should have. */
export class Unsatisfied extends Setback {}

export async function transfer(one: Transfer): Promise<void> {
  const { record, run, filling, means, signal, asked } = one;
  if (filling.index !== run.first) filling.begin(run.first);
  const range = {
    start: chunkRange(run.first, record.bytes).start + filling.filled,
    end: chunkRange(run.last - 1, record.bytes).end,
  };
  const started = () => one.begun || filling.index > 0 || filling.filled > 0;
  await withConnection(
    asked.address,
    headersOf(one, range),
    { means, signal, started },
    async (connection) => {
      checkAnswer(connection.response, asked, means);
      if (connection.response.status === 416) {
        checkUnsatisfied(connection.response, record);
        throw new Unsatisfied(wrongSize(record.path, record.bytes), { kind: 'again' });
      }
      const place = await placed(connection, range, record);
      await receive(connection, { ...one, range, skip: range.start - place });
    },
  );
}

function headersOf(
  { headers, record, means, asked }: Transfer,
  { start, end }: ByteRange,
): Record<string, string> {
  // Both are headers that need no leave of the server. If-Range does, of every host on the way, and stores of the Hub
  // have been without it (https://github.com/huggingface/datasets/issues/7931); there the answers' ETags are compared.
  const own = new URL(asked.address).origin === means.origin;
  const last = end === record.bytes ? '' : end - 1;
  return {
    ...headers,
    Range: `bytes=${start}-${last}`,
    ...(own && start > 0 && record.etag && { 'If-Range': record.etag.value }),
  };
}

/** As `placeOf`; a short answer of the wrong size may be a pointer or a page, which is the better thing to say. */
async function placed(connection: Connection, range: ByteRange, record: FileRecord): Promise<number> {
  try {
    return placeOf(connection.response, range, record);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'wrong-size') throw error;
    const first = await connection.response.body?.getReader().read();
    checkStart(first?.value ?? new Uint8Array(), record, hostOf(connection.response.url));
    throw error;
  }
}

function checkStart(bytes: Uint8Array, { path }: FileRecord, host: string): void {
  if (looksLikePointer(bytes)) throw pointerInstead(path);
  if (isWebPage(null, bytes)) throw webPage(host);
}

interface Receiving extends Transfer {
  readonly range: ByteRange;
  /** Bytes at the answer's start that are here already. */
  readonly skip: number;
}

async function receive({ response, alive }: Connection, one: Receiving): Promise<void> {
  const { record, range, filling, onBytes } = one;
  const etag = etagOf(response);
  const pieces = piecesOf(response.body);
  let [skip, at] = [one.skip, range.start];
  let first = true;
  // A chunk is stored while the next begins to come; only begins, or a crash could cost two.
  let storing: Promise<void> = Promise.resolve();
  try {
    for (;;) {
      if (filling.filled >= AHEAD_BYTES) {
        await storing;
        // A slow disk is not a dead connection.
        alive();
      }
      const value = await pieces.read();
      if (!value) break;
      alive();
      if (first && one.skip === range.start) checkStart(value, record, hostOf(response.url));
      first = false;
      const fresh = value.subarray(Math.min(skip, value.byteLength));
      skip -= value.byteLength - fresh.byteLength;
      // A server that ignores the range goes on to the end of the file, which may lie after this stretch.
      const useful = fresh.subarray(0, range.end - at);
      if (useful.byteLength < fresh.byteLength && range.end === record.bytes)
        throw wrongSize(record.path, record.bytes);
      for (let from = 0; from < useful.byteLength; ) {
        const { start, end } = chunkRange(filling.index, record.bytes);
        const part = useful.subarray(from, from + (end - start) - filling.filled);
        await filling.room();
        filling.add(part);
        from += part.byteLength;
        at += part.byteLength;
        if (filling.filled < end - start) continue;
        await storing;
        const kept = one.onChunk({ index: filling.index, ...filling.whole(), etag });
        storing = kept.stored;
        storing.catch(() => {});
        filling.pass(kept.read);
      }
      onBytes(useful.byteLength);
      if (useful.byteLength < fresh.byteLength) break;
    }
  } finally {
    await storing;
  }
  // A stream that just ends looks like success (N02).
  if (at < range.end) throw new Setback(unreachable(hostOf(one.asked.address), true), { kind: 'again' });
}
