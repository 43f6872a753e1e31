/** The body of an answer, piece by piece, in memory that is used again: a new buffer for each would cost as much as reading. */

/** Of what is read at once at most. */
export const PIECE_BYTES = 2 ** 20;

export interface Pieces {
  /** The next bytes, good until the next call; undefined at the end. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export function piecesOf(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): Pieces {
  if (!body) return { read: async () => undefined };
  const reader = byobReader(body);
  if (!reader) {
    const plain = body.getReader();
    return { read: async () => (await plain.read()).value };
  }
  let buffer = new ArrayBuffer(PIECE_BYTES);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done || !value) return undefined;
      // The stream takes the buffer and gives back another over the same memory.
      buffer = value.buffer;
      return value;
    },
  };
}

/** Not every browser, and no test, has streams of bytes. */
function byobReader(body: ReadableStream): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}
