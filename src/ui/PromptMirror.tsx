import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { Marked } from './PromptReader';
import { directionOf, type HiddenLike, type SpanLike, segments } from './prompt';

interface Props {
  text: string;
  spans: readonly SpanLike[];
  hidden: readonly HiddenLike[];
  area: { readonly current: HTMLTextAreaElement | null };
}

/** Same font, same width, same breaks as the textarea above it, and scrolled with it. */
export function PromptMirror({ text, spans, hidden, area }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const pieces = useMemo(() => segments(text, spans, hidden), [text, spans, hidden]);
  // Before paint, because typing can scroll the textarea without an event in this frame.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what moves
  useLayoutEffect(() => {
    if (ref.current && area.current) ref.current.scrollTop = area.current.scrollTop;
  }, [area, text]);
  // Not in a layout effect: on mounting, the textarea, which comes after, is not there yet.
  useEffect(() => {
    const source = area.current;
    if (!source) return;
    const follow = () => {
      if (ref.current) ref.current.scrollTop = source.scrollTop;
    };
    source.addEventListener('scroll', follow, { passive: true });
    return () => source.removeEventListener('scroll', follow);
  }, [area]);
  return (
    <div className="prompt__mirror" ref={ref} dir={directionOf(text)} aria-hidden="true">
      {pieces.map((piece) => (
        <Marked key={piece.start} strength={piece.strength}>
          {piece.hidden ? <span className="notch">{piece.text}</span> : piece.text}
        </Marked>
      ))}
      {/* A line of its own after a final line break, as in the textarea. */}
      {'\u200b'}
    </div>
  );
}

/** A textarea does not say where a character lies; its mirror does. Puts that line a third from the top. */
export function scrollToOffset(area: HTMLTextAreaElement, offset: number): void {
  const mirror = area.parentElement?.querySelector('.prompt__mirror');
  if (!mirror) return;
  const walker = document.createTreeWalker(mirror, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = node as Text;
    if (offset < before + length) {
      const range = document.createRange();
      range.setStart(node, offset - before);
      range.setEnd(node, offset - before + 1);
      const line = range.getBoundingClientRect().top - mirror.getBoundingClientRect().top + mirror.scrollTop;
      area.scrollTop = line - area.clientHeight / 3;
      return;
    }
    before += length;
  }
}
