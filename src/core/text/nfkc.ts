/**
 * NFKC with a map back: the text is cut where normalisation cannot reach across (before every code point
 * that starts a new cluster), so that each piece is normalised by itself and keeps its place.
 */
import { hiddenMask, longestRun, SURROGATE } from './mask';
import { ReadingBuilder } from './reading';
import { classOf, EXTENDS, isMark, SPACE, STABLE, unitsOf } from './unicode';

/** A cluster that NFKC would make longer than this many times stays as it is, such as U+FDFA with 18 (U07). */
const MOST_EXPANSION = 4;

/** Only printable ASCII with single spaces: already normal. */
export function isPlain(text: string): boolean {
  return !/[^\x20-\x7e]| {2}/.test(text);
}

/**
 * Hidden characters removed, NFKC, runs of marks capped, runs of white space made one space. Linear time.
 * `offsets` maps into `text`, or through `through` into the text that `text` itself is a reading of.
 */
export function normaliseText(text: string, through?: Uint32Array): { text: string; offsets: Uint32Array } {
  const out = new ReadingBuilder(text.length);
  const { units, places } = keptUnits(text, through);
  for (let index = 0; index < units.length; ) {
    const end = clusterEnd(units, index);
    emit(out, units, places, index, end);
    index = end;
  }
  return out.finish(through === undefined ? text.length : through[text.length]!);
}

interface Kept {
  readonly units: string;
  /** Where each kept unit came from. */
  readonly places: Uint32Array;
}

/** The text without hidden characters; half characters become U+FFFD (U08). */
function keptUnits(text: string, through: Uint32Array | undefined): Kept {
  const mask = hiddenMask(text);
  const out = new ReadingBuilder(text.length);
  for (let index = 0; index < text.length; index++) {
    const kind = mask === undefined ? 0 : mask[index]!;
    if (kind !== 0 && kind !== SURROGATE) continue;
    const unit = kind === 0 ? text.charCodeAt(index) : 0xfffd;
    out.push(unit, through === undefined ? index : through[index]!);
  }
  const { text: units, offsets } = out.finish(text.length);
  return { units, places: offsets };
}

function clusterEnd(units: string, start: number): number {
  let end = start + unitsOf(units.codePointAt(start)!);
  while (end < units.length) {
    const next = units.charCodeAt(end);
    if (next < 0x300) break;
    const codePoint = units.codePointAt(end)!;
    if ((classOf(codePoint) & EXTENDS) === 0) break;
    end += unitsOf(codePoint);
  }
  return end;
}

function emit(out: ReadingBuilder, units: string, places: Uint32Array, start: number, end: number): void {
  const first = units.codePointAt(start)!;
  const single = end - start === unitsOf(first);
  if (single && (first < 0x80 || (classOf(first) & STABLE) !== 0)) {
    for (let index = start; index < end; index++) pushUnit(out, units.charCodeAt(index), places[index]!);
    return;
  }
  const cluster = units.slice(start, end);
  const normal = normalCluster(cluster);
  const aligned = normal === cluster;
  for (let index = 0; index < normal.length; index++)
    pushUnit(out, normal.charCodeAt(index), places[aligned ? start + index : start]!);
}

/** White space becomes one space; everything else is kept. */
function pushUnit(out: ReadingBuilder, unit: number, offset: number): void {
  if ((classOf(unit) & SPACE) === 0) out.push(unit, offset);
  else if (out.last() !== 0x20) out.push(0x20, offset);
}

function normalCluster(cluster: string): string {
  const normal = cluster.normalize('NFKC');
  if (normal === cluster) return cluster;
  // A selector styles the base it was written for; on another base it would be hidden text.
  const bare = normal.replace(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, '');
  const capped = tooManyMarks(bare) ? withoutMarks(bare).normalize('NFKC') : bare;
  return capped.length > MOST_EXPANSION * cluster.length ? cluster : capped;
}

/** Decomposition can lengthen a run: U+0344 is two marks. */
function tooManyMarks(cluster: string): boolean {
  let base = -1;
  let count = 0;
  for (const character of cluster) {
    const codePoint = character.codePointAt(0)!;
    count = isMark(codePoint) ? count + 1 : 0;
    if (count === 0) base = codePoint;
    if (count > longestRun(base)) return true;
  }
  return false;
}

function withoutMarks(cluster: string): string {
  return cluster.replace(/(?<!^)\p{M}/gu, '');
}
