import { type ClipboardEvent, Fragment } from 'react';
import { mirrorLimit } from './PromptEditor';
import { excerpts, type HiddenLike, type SpanLike, segments } from './prompt';

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
    text.length > mirrorLimit
      ? excerpts(text.length, hidden, around, most)
      : [{ start: 0, end: text.length }];
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
      dir="auto"
      tabIndex={0}
      aria-label={`${label}, with hidden characters`}
      onCopy={copyRaw}
    >
      {parts.map((part, index) => (
        <Fragment key={part.start}>
          {(index > 0 || part.start > 0) && <span className="soft"> … </span>}
          {segments(text.slice(part.start, part.end), within(spans, part), within(hidden, part)).map(
            (piece) => {
              const inner = piece.hidden ? (
                <span className="hid" title={piece.hidden.name} data-raw={piece.text}>
                  {piece.hidden.label}
                  <span className="sr"> {piece.hidden.name}</span>
                </span>
              ) : (
                piece.text
              );
              return piece.strength === 0 ? (
                <Fragment key={piece.start}>{inner}</Fragment>
              ) : (
                <mark key={piece.start} data-strength={piece.strength}>
                  {inner}
                </mark>
              );
            },
          )}
        </Fragment>
      ))}
    </section>
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
