/** A very long text is edited a page at a time: a browser lays a textarea out whole at every key. */

export interface Page {
  /** UTF-16 offsets into the text. */
  readonly from: number;
  readonly to: number;
}

/** Up to this many characters a text is one page. */
export const pageSize = 10_000;

/** How far back from a page's end a space or line break is looked for. */
const slack = 200;

/** The end of the page that starts at `from`: after a space or line break when one is near, never inside a pair. */
function pageEnd(text: string, from: number): number {
  const wanted = from + pageSize;
  if (wanted >= text.length) return text.length;
  for (let at = wanted; at > wanted - slack; at -= 1) if (/\s/.test(text[at - 1]!)) return at;
  const unit = text.charCodeAt(wanted);
  return unit >= 0xdc00 && unit <= 0xdfff ? wanted + 1 : wanted;
}

/** Every page of a text, in order; one for a short text, also for an empty one. */
export function pagesOf(text: string): readonly Page[] {
  if (text.length <= pageSize) return [{ from: 0, to: text.length }];
  const pages: Page[] = [];
  for (let from = 0; from < text.length; ) {
    const to = pageEnd(text, from);
    pages.push({ from, to });
    from = to;
  }
  return pages;
}

/** Index of the page an offset lies on. */
export function pageAt(pages: readonly Page[], offset: number): number {
  const index = pages.findIndex((page) => offset < page.to);
  return index < 0 ? pages.length - 1 : index;
}

/** The part of each range that lies on the page, in the page's own offsets; at most `most` of them. */
export function onPage<T extends { readonly start: number; readonly end: number }>(
  ranges: readonly T[],
  page: Page,
  most: number,
): readonly T[] {
  const found: T[] = [];
  for (const range of ranges) {
    if (range.end <= page.from || range.start >= page.to) continue;
    if (found.length === most) break;
    const start = Math.max(range.start, page.from);
    const end = Math.min(range.end, page.to);
    if (end > start) found.push({ ...range, start: start - page.from, end: end - page.from });
  }
  return found;
}
