/** Git LFS pointers: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */

export interface Pointer {
  /** Hex, lower case. */
  readonly sha256: string;
  readonly bytes: number;
}

/** The specification's own limit. */
export const MAX_POINTER_BYTES = 1024;

const FIRST_LINE = 'version https://git-lfs.github.com/spec/v1';

/** Whether a file begins as a pointer does; enough to know that it is not a model. */
export function looksLikePointer(bytes: Uint8Array): boolean {
  return latin(bytes.subarray(0, FIRST_LINE.length)) === FIRST_LINE;
}

/** The pointer, or undefined when it is anything else. */
export function parsePointer(bytes: Uint8Array): Pointer | undefined {
  if (bytes.byteLength > MAX_POINTER_BYTES || !looksLikePointer(bytes)) return undefined;
  const fields = new Map<string, string>();
  for (const line of latin(bytes).split('\n')) {
    const [, key, value] = /^([a-z0-9.-]+) (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (fields.has(key)) return undefined;
    fields.set(key, value);
  }
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(fields.get('oid') ?? '')?.[1];
  const size = fields.get('size') ?? '';
  const bytesOfFile = /^(0|[1-9]\d{0,15})$/.test(size) ? Number(size) : Number.NaN;
  return sha256 !== undefined && Number.isSafeInteger(bytesOfFile)
    ? { sha256, bytes: bytesOfFile }
    : undefined;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
