/** Arithmetic of the two marks. No DOM: the same rules for pointer, keyboard and fields. */

export type Mark = 'review' | 'block';

export interface RailLines {
  /** 0 to 1, review ≤ block. */
  readonly review: number;
  readonly block: number;
}

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

/** To the slider's step of 0.01, free of binary dust (0.07 + 0.01 is 0.08, not 0.08000000000000002). */
export function toStep(value: number): number {
  return Math.round(value * 100) / 100;
}

/** One mark to a value; it stops at the other. */
export function moveMark(lines: RailLines, mark: Mark, value: number): RailLines {
  return mark === 'review'
    ? { review: clamp(value, 0, lines.block), block: lines.block }
    : { review: lines.review, block: clamp(value, lines.review, 1) };
}

/** Both marks by the same distance; the pair stops at either end and keeps its gap. */
export function moveBoth(lines: RailLines, by: number): RailLines {
  const step = clamp(by, -lines.review, 1 - lines.block);
  return { review: toStep(lines.review + step), block: toStep(lines.block + step) };
}

/**
 * Where a key takes a mark, or undefined when the key is not the slider's. Home and End go to the limits,
 * which are the other mark or the end of the axis. Left and right swap in a right-to-left interface.
 */
export function keyTarget(
  key: string,
  shift: boolean,
  value: number,
  rightToLeft: boolean,
): number | undefined {
  const arrow = shift ? 0.05 : 0.01;
  const forward = rightToLeft ? 'ArrowLeft' : 'ArrowRight';
  const back = rightToLeft ? 'ArrowRight' : 'ArrowLeft';
  switch (key) {
    case forward:
    case 'ArrowUp':
      return toStep(value + arrow);
    case back:
    case 'ArrowDown':
      return toStep(value - arrow);
    case 'PageUp':
      return toStep(value + 0.1);
    case 'PageDown':
      return toStep(value - 0.1);
    case 'Home':
      return 0;
    case 'End':
      return 1;
    default:
      return undefined;
  }
}

/** The mark a press on the rail means: the nearer one, and where they lie together the one on that side. */
export function nearestMark(lines: RailLines, value: number): Mark {
  const toReview = Math.abs(value - lines.review);
  const toBlock = Math.abs(value - lines.block);
  if (toReview === toBlock) return value < lines.review ? 'review' : 'block';
  return toReview < toBlock ? 'review' : 'block';
}

/** A typed line, `0.45` or `0,45`; undefined when it is not a number from 0 to 1. */
export function parseLine(text: string): number | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (!/^(\d+\.?\d*|\.\d+)$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value >= 0 && value <= 1 ? value : undefined;
}
