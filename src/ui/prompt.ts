/** What the mirror layer and the read-only view draw, from a text and the marks on it. No DOM. */

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface SpanLike extends Range {
  readonly strength: 1 | 2 | 3;
}

export interface HiddenLike extends Range {
  readonly label: string;
  readonly name: string;
}

export interface Segment extends Range {
  readonly text: string;
  readonly strength: 0 | 1 | 2 | 3;
  /** Present when the segment is a hidden character. */
  readonly hidden?: HiddenLike;
}

/**
 * Ranges found in `before`, moved to where they lie in `after`. Typing changes one stretch; what lies
 * wholly ahead of it stays, what lies behind it shifts, what it touches is gone until the next answer.
 */
export function rebase<T extends Range>(ranges: readonly T[], before: string, after: string): readonly T[] {
  if (before === after || ranges.length === 0) return ranges;
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before.charCodeAt(head) === after.charCodeAt(head)) head += 1;
  let tail = 0;
  while (
    tail < most - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail += 1;
  const shift = after.length - before.length;
  const kept: T[] = [];
  for (const range of ranges) {
    if (range.end <= head) kept.push(range);
    else if (range.start >= before.length - tail)
      kept.push({ ...range, start: range.start + shift, end: range.end + shift });
  }
  return kept;
}

/** The text cut at every edge of a span or hidden character, in order, nothing left out or doubled. */
export function segments(
  text: string,
  spans: readonly SpanLike[],
  hidden: readonly HiddenLike[],
): readonly Segment[] {
  const inText = (range: Range) => range.start >= 0 && range.end > range.start && range.end <= text.length;
  const strong = spans.filter(inText).sort((a, b) => a.start - b.start);
  const secret = hidden.filter(inText).sort((a, b) => a.start - b.start);
  const edges = new Set([0, text.length]);
  for (const range of [...strong, ...secret]) edges.add(range.start).add(range.end);
  const cuts = [...edges].sort((a, b) => a - b);
  const pieces: Segment[] = [];
  let nextSpan = 0;
  let nextHidden = 0;
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const start = cuts[index]!;
    const end = cuts[index + 1]!;
    while (nextSpan < strong.length && strong[nextSpan]!.end <= start) nextSpan += 1;
    while (nextHidden < secret.length && secret[nextHidden]!.end <= start) nextHidden += 1;
    const span = strong[nextSpan];
    const mark = secret[nextHidden];
    pieces.push({
      start,
      end,
      text: text.slice(start, end),
      strength: span && span.start <= start ? span.strength : 0,
      ...(mark && mark.start <= start && { hidden: mark }),
    });
  }
  return pieces;
}

/** Hidden characters as `\u{200B}`, the rest as it is: what can be put into a report and read there. */
export function escapeHidden(text: string, hidden: readonly Range[]): string {
  let result = '';
  let at = 0;
  for (const range of [...hidden].sort((a, b) => a.start - b.start)) {
    if (range.start < at || range.end > text.length) continue;
    result += text.slice(at, range.start);
    for (const character of text.slice(range.start, range.end))
      result += `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
    at = range.end;
  }
  return result + text.slice(at);
}

/** For a long text: the stretches around its hidden characters, joined where they meet. */
export function excerpts(length: number, hidden: readonly Range[], around: number, most: number): Range[] {
  const found: { start: number; end: number }[] = [];
  for (const range of [...hidden].sort((a, b) => a.start - b.start).slice(0, most)) {
    const start = Math.max(0, range.start - around);
    const end = Math.min(length, range.end + around);
    const last = found.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/**
 * Which way a text runs, by its first letter. `dir="auto"` would say the same, but Chromium 156 then takes
 * 5 s to put 1 MB into a textarea, against 0.3 s.
 */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const first = /\p{L}/u.exec(text.slice(0, 1_000));
  return first && RIGHT_TO_LEFT.test(first[0]) ? 'rtl' : 'ltr';
}
