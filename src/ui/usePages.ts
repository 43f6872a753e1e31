import { type ClipboardEvent, useMemo, useRef, useState } from 'react';
import { pageAt, pageSize, pagesOf } from './pages';

interface Held {
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Which page of the text is being edited. While somebody types the page keeps its start and grows or
 * shrinks at its end; it is cut anew only when the text comes from elsewhere, or far outgrows a page.
 */
export function usePages(value: string, onChange: (value: string) => void) {
  const [held, setHeld] = useState<Held | null>(null);
  const long = value.length > pageSize;
  const pages = useMemo(() => pagesOf(value), [value]);
  const own = long && held?.value === value ? held : null;
  const index = own ? pageAt(pages, own.from) : 0;
  const page = own ?? pages[0]!;
  const area = useRef<HTMLTextAreaElement>(null);

  const edit = (text: string) => {
    const next = value.slice(0, page.from) + text + value.slice(page.to);
    const to = text.length > 2 * pageSize ? page.from + pageSize : page.from + text.length;
    setHeld({ value: next, from: page.from, to });
    onChange(next);
  };
  return {
    page,
    index,
    count: pages.length,
    area,
    edit,
    go(to: number) {
      const wanted = pages[Math.min(pages.length - 1, Math.max(0, to))]!;
      setHeld({ value, ...wanted });
      return wanted;
    },
    goToOffset(offset: number) {
      const wanted = pages[pageAt(pages, offset)]!;
      setHeld({ value, ...wanted });
      return wanted;
    },
    /** A large paste goes into the text directly: the textarea would lay all of it out first. */
    paste(event: ClipboardEvent<HTMLTextAreaElement>) {
      const text = event.clipboardData.getData('text/plain').replace(/\r\n?/g, '\n');
      if (text.length + value.length <= pageSize || text.length < 1000) return;
      event.preventDefault();
      const { selectionStart, selectionEnd } = event.currentTarget;
      const at = page.from + selectionStart;
      const next = value.slice(0, at) + text + value.slice(page.from + selectionEnd);
      const cut = pagesOf(next);
      setHeld({ value: next, ...cut[pageAt(cut, at)]! });
      onChange(next);
    },
  };
}
