/** AVIF (AV1 Image File Format 1.1, over ISO/IEC 23008-12): primary item, its properties, tracks, extents. */
import { type Box, boxes, child, descend, fileBox, Reader } from './boxes';
import { checkDimensions } from './dimensions';
import type { Orientation } from './exif';
import { MAX_HEADER_BLOCKS } from './limits';
import { cutShort, damaged, need, type Parse } from './ranges';
import type { FormatHeader, Structure } from './types';

/** Most bytes of item and of track metadata; a grid of 1,000 tiles or 100,000 frames stays below. */
const MAX_META_BYTES = 4_000_000;
/** What may stand at the top level; anything else there is not part of the picture. */
const TOP_LEVEL = [
  'ftyp',
  'meta',
  'mdat',
  'moov',
  'moof',
  'mfra',
  'free',
  'skip',
  'uuid',
  'sidx',
  'styp',
  'wide',
];
const FULL_BOX_BYTES = 4;
/** Before width and height in a visual sample entry (14496-12, 12.1.3). */
const SAMPLE_ENTRY_BYTES = 24;

interface Metadata {
  readonly meta?: DataView;
  readonly moov?: DataView;
}

function* metadata(size: number): Parse<Metadata> {
  const found: { meta?: DataView; moov?: DataView } = {};
  let at = 0;
  for (let blocks = 0; at < size; blocks++) {
    if (blocks > MAX_HEADER_BLOCKS) throw damaged(`the AVIF has more than ${MAX_HEADER_BLOCKS} boxes`);
    const box = yield* fileBox(size, at);
    if (!TOP_LEVEL.includes(box.type)) break;
    if (box.end > size) throw cutShort('boxes');
    if ((box.type === 'meta' || box.type === 'moov') && found[box.type] === undefined) {
      if (box.end - box.start > MAX_META_BYTES)
        throw damaged('the AVIF has more metadata than any picture needs');
      // Copied: the driver may reuse what it read.
      const view = yield* need(size, box.start, box.end - box.start, 'header');
      found[box.type] = new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    }
    at = box.end;
  }
  return found;
}

export function* avifHeader(size: number): Parse<FormatHeader> {
  const { meta, moov } = yield* metadata(size);
  const track = moov === undefined ? undefined : colourTrack(moov);
  const item = meta === undefined ? undefined : primaryItem(meta);
  const picture = item ?? track;
  if (picture === undefined) throw damaged('the AVIF has no picture');
  const { width, height } = picture;
  const animated = (track?.frames ?? 1) > 1;
  return {
    width,
    height,
    orientation: item?.orientation ?? 1,
    animated,
    ...(track === undefined ? { frames: 1 } : { frames: Math.max(1, track.frames) }),
    hasAlpha: animated || item === undefined || item.alpha ? 'maybe' : 'no',
  };
}

interface Item {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly alpha: boolean;
}

function primaryItem(meta: DataView): Item | undefined {
  const within = { type: 'meta', start: FULL_BOX_BYTES, end: meta.byteLength };
  const pitm = descend(meta, ['pitm'], within);
  const ipco = descend(meta, ['iprp', 'ipco'], within);
  const ipma = descend(meta, ['iprp', 'ipma'], within);
  if (pitm === undefined || ipco === undefined || ipma === undefined) return undefined;
  const properties = [...boxes(meta, ipco.start, ipco.end)];
  for (const box of properties) if (box.type === 'ispe') itemSize(meta, box);
  const reader = new Reader(meta, pitm.start, pitm.end);
  const id = reader.uint(4) >>> 24 === 0 ? reader.uint(2) : reader.uint(4);
  const own = associated(meta, ipma, id).map((index) => properties[index - 1]);
  const ispe = own.find((box) => box?.type === 'ispe');
  if (ispe === undefined) throw damaged('the AVIF does not say how large its picture is');
  return {
    ...itemSize(meta, ispe),
    orientation: orientationOf(meta, own),
    alpha: properties.some((box) => box.type === 'auxC' && isAlpha(meta, box)),
  };
}

/** Every item is held to the limits: a small picture may be laid over an enormous hidden one. */
function itemSize(meta: DataView, ispe: Box): { width: number; height: number } {
  const reader = new Reader(meta, ispe.start + FULL_BOX_BYTES, ispe.end);
  const width = reader.uint(4);
  const height = reader.uint(4);
  checkDimensions('AVIF', width, height);
  return { width, height };
}

/** Indices, from 1, of an item's properties (23008-12, 9.3.1). */
function associated(meta: DataView, ipma: Box, id: number): number[] {
  const reader = new Reader(meta, ipma.start, ipma.end);
  const versionAndFlags = reader.uint(4);
  const idBytes = versionAndFlags >>> 24 === 0 ? 2 : 4;
  const wide = (versionAndFlags & 1) === 1;
  for (let entries = reader.uint(4); entries > 0; entries--) {
    const item = reader.uint(idBytes);
    const count = reader.uint(1);
    if (item !== id) reader.skip(count * (wide ? 2 : 1));
    // The top bit says that a reader must know the property.
    else return Array.from({ length: count }, () => (wide ? reader.uint(2) & 0x7fff : reader.uint(1) & 0x7f));
  }
  return [];
}

/** irot (quarter turns anticlockwise), then imir (0 swaps top and bottom, 1 left and right), as EXIF's number. */
const TURNS: readonly (readonly Orientation[])[] = [
  [1, 4, 2],
  [8, 5, 7],
  [3, 2, 4],
  [6, 7, 5],
];

function orientationOf(meta: DataView, properties: readonly (Box | undefined)[]): Orientation {
  const value = (type: string): number | undefined => {
    const box = properties.find((property) => property?.type === type);
    return box === undefined ? undefined : new Reader(meta, box.start, box.end).uint(1);
  };
  const mirror = value('imir');
  return TURNS[(value('irot') ?? 0) & 3]![mirror === undefined ? 0 : 1 + (mirror & 1)]!;
}

function isAlpha(meta: DataView, auxC: Box): boolean {
  const bytes = new Uint8Array(meta.buffer, meta.byteOffset + auxC.start, auxC.end - auxC.start);
  return String.fromCharCode(...bytes.subarray(0, 100)).includes('alpha');
}

interface Track {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** The first track of pictures; alpha lies in a track of its own. */
function colourTrack(moov: DataView): Track | undefined {
  for (const trak of boxes(moov)) {
    if (trak.type !== 'trak') continue;
    const handler = descend(moov, ['mdia', 'hdlr'], trak);
    const table = descend(moov, ['mdia', 'minf', 'stbl'], trak);
    if (handler === undefined || table === undefined) continue;
    if (new Reader(moov, handler.start + 8, handler.end).uint(4) !== PICT) continue;
    const stsd = child(moov, 'stsd', table.start, table.end);
    const stsz = child(moov, 'stsz', table.start, table.end);
    if (stsd === undefined || stsz === undefined) continue;
    const entry = new Reader(moov, stsd.start + 8 + 8 + SAMPLE_ENTRY_BYTES, stsd.end);
    const width = entry.uint(2);
    const height = entry.uint(2);
    checkDimensions('AVIF', width, height);
    return { width, height, frames: new Reader(moov, stsz.start + 8, stsz.end).uint(4) };
  }
  return undefined;
}

const PICT = 0x70696374;

/** Every box and every extent of every item lies within the file. */
export function* avifStructure(size: number): Parse<Structure> {
  const { meta, moov } = yield* metadata(size);
  let at = 0;
  while (at < size) {
    const box = yield* fileBox(size, at);
    if (!TOP_LEVEL.includes(box.type)) break;
    if (box.end > size) throw cutShort('image data');
    at = box.end;
  }
  const iloc = meta === undefined ? undefined : child(meta, 'iloc', FULL_BOX_BYTES);
  if (meta !== undefined && iloc !== undefined) checkExtents(meta, iloc, size);
  if (moov === undefined) return { frames: 1, end: at };
  for (const trak of boxes(moov)) if (trak.type === 'trak') checkChunks(moov, trak, size);
  return { frames: Math.max(1, colourTrack(moov)?.frames ?? 1), end: at };
}

/** iloc (14496-12, 8.11.3): where the items' bytes are. */
function checkExtents(meta: DataView, iloc: Box, size: number): void {
  const reader = new Reader(meta, iloc.start, iloc.end);
  const version = reader.uint(4) >>> 24;
  const sizes = reader.uint(2);
  const [offsetBytes, lengthBytes, baseBytes, indexBytes] = [12, 8, 4, 0].map(
    (shift) => (sizes >> shift) & 15,
  );
  for (let items = reader.uint(version < 2 ? 2 : 4); items > 0; items--) {
    reader.skip(version < 2 ? 2 : 4);
    // Method 0 counts from the start of the file, the others lie inside the metadata.
    const method = version > 0 ? reader.uint(2) & 15 : 0;
    reader.skip(2);
    const base = reader.uint(baseBytes!);
    for (let extents = reader.uint(2); extents > 0; extents--) {
      if (version > 0) reader.uint(indexBytes!);
      const end = base + reader.uint(offsetBytes!) + reader.uint(lengthBytes!);
      if (method === 0 && end > size) throw cutShort('image data');
    }
  }
}

/** stco or co64: every chunk of frames starts within the file. */
function checkChunks(moov: DataView, trak: Box, size: number): void {
  const table = descend(moov, ['mdia', 'minf', 'stbl'], trak);
  if (table === undefined) return;
  const short = child(moov, 'stco', table.start, table.end);
  const box = short ?? child(moov, 'co64', table.start, table.end);
  if (box === undefined) return;
  const reader = new Reader(moov, box.start + FULL_BOX_BYTES, box.end);
  for (let chunks = reader.uint(4); chunks > 0; chunks--)
    if (reader.uint(short === undefined ? 8 : 4) >= size) throw cutShort('image data');
}
