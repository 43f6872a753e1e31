/** What the stand-in for the Hub can do wrong, by name: `drop@0.6`, `429:30`, `stall:30`. */

/** Where in a file, or how much, or how often: what follows the name. */
export interface Fault {
  readonly name: FaultName;
  /** After `@`: a fraction of the file from 0 to 1, or a byte offset above 1. */
  readonly at?: number;
  /** After `:`; seconds, bytes, bytes a second, or `date`. */
  readonly value?: string;
}

export const FAULTS = [
  /** The connection is reset there. */
  'drop',
  /** The answer ends there and says no length: fetch takes it for whole. */
  'close',
  /** A chunked answer whose connection is reset there. */
  'chunkabort',
  /** The file is so many bytes longer (`wronglen:1`) or shorter (`wronglen:-1`) than its pointer says. */
  'wronglen',
  /** Compressed, the range ignored, as some caches do. */
  'gzip',
  /** The byte there is another. */
  'flip',
  /** Zeros from there on. */
  'zerotail',
  /** 200 and the whole file, whatever part was asked for. */
  'ignorerange',
  /** 206 for another part than was asked for. */
  'badrange',
  '416',
  /** Another ETag and other contents from the second answer on. */
  'etagswap',
  /** `429:30` in seconds; `429:date:30` as a date; `429` without saying. */
  '429',
  /** `5xx:503`. */
  '5xx',
  '401',
  '403',
  '404',
  '410',
  /** 200 and a sign-in page. */
  'html200',
  /** The same page, called a file of bytes. */
  'htmlbytes',
  /** The pointer in place of the file. */
  'pointer',
  /** Sends the download on to a host nobody knows. */
  'redirect',
  /** Nothing more for so many seconds, from there on. */
  'stall',
  /** So many bytes a second. */
  'slow',
  /** No leave for other origins to read it. */
  'nocors',
  /** Content-Range, ETag and Retry-After may not be read by other origins. */
  'hideheaders',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** Throws when there is no such fault. */
export function parseFault(text: string): Fault {
  const [, name = '', at, value] = /^([0-9a-z]+)(?:@([\d.]+))?(?::(.+))?$/.exec(text) ?? [];
  if (!(FAULTS as readonly string[]).includes(name)) throw new Error(`There is no fault ${text}.`);
  return {
    name: name as FaultName,
    ...(at !== undefined && { at: Number(at) }),
    ...(value !== undefined && { value }),
  };
}

/** A byte offset in a file of `size`. */
export const placeIn = (fault: Fault, size: number): number => {
  const at = fault.at ?? 0.5;
  return Math.min(Math.max(0, size - 1), Math.floor(at <= 1 ? at * size : at));
};

/** A fault in force: for files whose `repo/path` matches, for its next `times` answers. */
export interface Planned {
  readonly fault: Fault;
  readonly match: RegExp;
  left: number;
}
