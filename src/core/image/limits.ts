/** What a picture may be before it is refused. Shown in the documentation; every number has its reason. */

/** 50 MiB, shown as "50 MB": far above what cameras write, and little enough that a batch cannot fill memory. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;

/** 64 megapixels: 256 MB of RGBA, the most one decode may take beside a model in a 32-bit heap. */
export const MAX_PIXELS = 64_000_000;

/** Pixels a side: Direct3D 11's largest texture, a limit that canvases inherit. */
export const MAX_SIDE = 16_384;

/**
 * A decode that takes longer is given up. 64 megapixels of PNG with transparency, read back, took 8.8 s in Chromium 156
 * on two cores that were busy with other work.
 */
export const DECODE_DEADLINE_MS = 10_000;

/** Frames of an animation that are scored, first and last included. */
export const MAX_SAMPLED_FRAMES = 8;

/** Bytes of one iCCP, iTXt, zTXt or eXIf chunk: libpng's own default, PNG_USER_CHUNK_MALLOC_MAX. */
export const MAX_PNG_METADATA_BYTES = 8_000_000;

/**
 * Segments or chunks before the picture itself. 10 MB of EXIF is 160 JPEG segments of 64 KB; a file
 * with thousands of them only buys time for whoever sent it.
 */
export const MAX_HEADER_BLOCKS = 1024;

/** Bytes read at first; every header but a JPEG's behind large metadata lies within. */
export const HEADER_BYTES = 256 * 1024;
