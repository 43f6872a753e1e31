import { type ClipboardEvent, Fragment, type ReactNode } from 'react';
import { pageSize } from './pages';
import { directionOf, excerpts, type HiddenLike, type SpanLike, segments } from './prompt';

interface Props {
  label: string;
  text: string;
  spans: readonly SpanLike[];
  hidden: readonly HiddenLike[];
}

/** Characters shown on either side of a hidden one in a long text, and how many of those are shown. */
const around = 80;
const most = 100;

/** The text with its hidden characters as chips. Copying from it yields the raw text. */
export function PromptReader({ label, text, spans, hidden }: Props) {
  const parts =
    text.length > pageSize ? excerpts(text.length, hidden, around, most) : [{ start: 0, end: text.length }];
  const within = <T extends { start: number; end: number }>(
    marks: readonly T[],
    part: { start: number; end: number },
  ) =>
    marks
      .filter((mark) => mark.start >= part.start && mark.end <= part.end)
      .map((mark) => ({ ...mark, start: mark.start - part.start, end: mark.end - part.start }));
  return (
    <section
      className="prompt__read"
      dir={directionOf(text)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
      tabIndex={0}
      aria-label={`${label}, with hidden characters`}
      onCopy={copyRaw}
    >
      {parts.map((part, index) => (
        <Fragment key={part.start}>
          {(index > 0 || part.start > 0) && <span className="soft"> … </span>}
          {segments(text.slice(part.start, part.end), within(spans, part), within(hidden, part)).map(
            (piece) => (
              <Marked key={piece.start} strength={piece.strength}>
                {piece.hidden ? <Chip mark={piece.hidden} raw={piece.text} /> : piece.text}
              </Marked>
            ),
          )}
        </Fragment>
      ))}
    </section>
  );
}

/** A stretch of text under one of the three underlines, or under none. */
export function Marked({ strength, children }: { strength: 0 | 1 | 2 | 3; children: ReactNode }) {
  return strength === 0 ? <span>{children}</span> : <mark data-strength={strength}>{children}</mark>;
}

function Chip({ mark, raw }: { mark: HiddenLike; raw: string }) {
  return (
    <span className="hid" title={mark.name} data-raw={raw}>
      {mark.label}
      <span className="sr"> {mark.name}</span>
    </span>
  );
}

function copyRaw(event: ClipboardEvent<HTMLElement>): void {
  const selection = window.getSelection();
  if (!selection || selection.rangeCount === 0) return;
  const copy = selection.getRangeAt(0).cloneContents();
  for (const chip of copy.querySelectorAll<HTMLElement>('[data-raw]'))
    chip.replaceWith(chip.dataset.raw ?? '');
  event.clipboardData.setData('text/plain', copy.textContent ?? '');
  event.preventDefault();
}
