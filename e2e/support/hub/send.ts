/** Sends a file, or a part of it, as a store of large files does, with one thing wrong where a test wants it. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Fault, placeIn } from './faults';

export interface Sent {
  readonly file: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly fault?: Fault;
}

/** From `start` up to `end`. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** The one range of `bytes=a-b` or `bytes=a-`; undefined for none, and for what is not understood. */
function rangeOf(header: string | undefined, size: number): Part | 'unsatisfied' | undefined {
  const [, first, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return undefined;
  const part = { start: Number(first), end: Math.min(size, last === '' ? size : Number(last) + 1) };
  return part.start >= size || part.end <= part.start ? 'unsatisfied' : part;
}

export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  sent: Sent,
): Promise<number> {
  const { fault, etag } = sent;
  const size = fault?.name === 'wronglen' ? sent.size + Number(fault.value) : sent.size;
  response.setHeader('ETag', `"${etag}"`);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', 'application/octet-stream');
  const ifRange = request.headers['if-range'];
  const asked =
    ifRange !== undefined && ifRange !== `"${etag}"` ? undefined : rangeOf(request.headers.range, size);
  const whole = fault?.name === 'ignorerange' || fault?.name === 'gzip' ? undefined : asked;
  if (whole === 'unsatisfied' || fault?.name === '416') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` });
    response.end();
    return 0;
  }
  const part = whole ?? { start: 0, end: size };
  if (whole) {
    const shift = fault?.name === 'badrange' ? 1 : 0;
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${part.start + shift}-${part.end - 1}/${size}`);
  }
  if (fault?.name === 'gzip') {
    response.setHeader('Content-Encoding', 'gzip');
    return pour(response, bytesOf(sent, part).pipe(createGzip({ level: 1 })), {});
  }
  // Without a length the end of the connection is the end of the answer.
  if (fault?.name === 'close') {
    response.setHeader('Connection', 'close');
    response.removeHeader('Transfer-Encoding');
    response.useChunkedEncodingByDefault = false;
  } else if (fault?.name !== 'chunkabort') response.setHeader('Content-Length', part.end - part.start);
  if (!fault) return pump(response, sent.file, part);
  return pour(response, bytesOf(sent, part), faultWithin(sent, part));
}

interface Trouble {
  /** Bytes of this answer after which it happens. */
  readonly after?: number;
  readonly what?: 'reset' | 'end' | 'stall';
  readonly seconds?: number;
  readonly bytesPerSecond?: number;
}

/** What happens on the way, in bytes of this answer. */
function faultWithin({ fault, size }: Sent, { start, end }: Part): Trouble {
  if (fault?.name === 'slow') return { bytesPerSecond: Number(fault.value) };
  const kinds = { drop: 'reset', chunkabort: 'reset', close: 'end', stall: 'stall' } as const;
  const what = kinds[fault?.name as keyof typeof kinds];
  if (!fault || !what) return {};
  const place = placeIn(fault, size);
  // A part that lies behind the place is cut in its own middle, so that every answer of the fault fails.
  const after = place > start && place < end ? place - start : Math.floor((end - start) / 2);
  return { after, what, ...(fault.value !== undefined && { seconds: Number(fault.value) }) };
}

const PUMPED_BYTES = 1 << 20;

/**
 * Writes as fast as it is taken, out of two buffers that are used in turn; returns how many bytes were. A stream's new buffer
 * for every piece keeps the collector busy for longer than sending takes, on a machine that the browser needs as well.
 */
async function pump(response: ServerResponse, path: string, { start, end }: Part): Promise<number> {
  const file = await open(path);
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  let [free, other] = [0, 1].map(() => ({
    buffer: Buffer.allocUnsafeSlow(PUMPED_BYTES),
    sent: Promise.resolve(),
  })) as [Pumped, Pumped];
  let at = start;
  try {
    while (at < end && !response.destroyed) {
      await Promise.race([free.sent, gone]);
      const { bytesRead } = await file.read(free.buffer, 0, Math.min(PUMPED_BYTES, end - at), at);
      if (bytesRead === 0) throw new Error(`${path} has ended early.`);
      const part = free.buffer.subarray(0, bytesRead);
      free.sent = new Promise((resolve) => response.write(part, () => resolve()));
      at += bytesRead;
      [free, other] = [other, free];
    }
  } finally {
    await file.close();
  }
  response.end();
  return at - start;
}

interface Pumped {
  readonly buffer: Buffer;
  /** Resolves when its bytes are on their way. */
  sent: Promise<void>;
}

/** The part's bytes, some of them wrong. */
function bytesOf({ file, size, fault }: Sent, { start, end }: Part): Readable {
  const real =
    start < size
      ? createReadStream(file, { start, end: Math.min(end, size) - 1, highWaterMark: 1 << 18 })
      : Readable.from([]);
  if (fault?.name === 'wronglen' && end > size) return Readable.from(longer(real, end - size));
  if (fault?.name !== 'flip' && fault?.name !== 'zerotail' && fault?.name !== 'etagswap') return real;
  return Readable.from(wrong(real, start, fault.name, placeIn(fault, size)));
}

async function* longer(real: Readable, extra: number) {
  yield* real;
  for (let left = extra; left > 0; left -= 1 << 18) yield Buffer.alloc(Math.min(left, 1 << 18));
}

async function* wrong(real: Readable, start: number, name: 'flip' | 'zerotail' | 'etagswap', place: number) {
  let at = start;
  for await (const part of real as AsyncIterable<Buffer>) {
    const inside = place - at;
    if (name === 'flip' && inside >= 0 && inside < part.length) part[inside]! ^= 0x40;
    if (name === 'zerotail' && inside < part.length) part.fill(0, Math.max(0, inside));
    if (name === 'etagswap') for (let i = 0; i < part.length; i += 97) part[i]! ^= 1;
    at += part.length;
    yield part;
  }
}

/** Writes as fast as it is taken; returns how many bytes were. */
async function pour(response: ServerResponse, bytes: Readable, trouble: Trouble): Promise<number> {
  let written = 0;
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  try {
    for await (const part of bytes as AsyncIterable<Buffer>) {
      const left = (trouble.after ?? Number.POSITIVE_INFINITY) - written;
      const now = part.subarray(0, left);
      if (trouble.bytesPerSecond) await dribble(response, now, trouble.bytesPerSecond);
      else if (!response.write(now))
        await Promise.race([new Promise((on) => response.once('drain', on)), gone]);
      written += now.length;
      if (response.destroyed) break;
      if (now.length === part.length && written < (trouble.after ?? Number.POSITIVE_INFINITY)) continue;
      if (trouble.what === 'stall') await Promise.race([pause((trouble.seconds ?? 60) * 1000), gone]);
      // What was written should arrive before the connection goes.
      if (trouble.what === 'reset') await pause(30);
      if (trouble.what === 'end') break;
      response.destroy();
      return written;
    }
  } finally {
    bytes.destroy();
  }
  response.end();
  return written;
}

async function dribble(response: ServerResponse, bytes: Buffer, perSecond: number): Promise<void> {
  const step = Math.max(1, Math.floor(perSecond / 4));
  for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
    const part = bytes.subarray(at, at + step);
    response.write(part);
    await pause((part.length / perSecond) * 1000);
  }
}

export const pause = (milliseconds: number) => new Promise<void>((on) => setTimeout(on, milliseconds));
