import { type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from './Button';
import { formatCount } from './format';
import { type Meter, PromptMeter } from './PromptMeter';
import { Marked, PromptReader } from './PromptReader';
import { escapeHidden, type HiddenLike, mirrorLimit, rebase, type SpanLike, segments } from './prompt';

/** UTF-16 offsets into the text; spans do not overlap. Strength 3 pushed the score most. */
export type PromptSpan = SpanLike;
/** `label` is on the chip (`U+200B`, `RLO`), `name` is spoken and in the tooltip ("Zero width space"). */
export type HiddenMark = HiddenLike;
export type { Meter as PromptMeterFacts, MeterWindow as PromptWindow } from './PromptMeter';

export interface PromptEditorProps {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string | undefined;
  spans?: readonly PromptSpan[] | undefined;
  hidden?: readonly HiddenMark[] | undefined;
  /** The text that `spans` and `hidden` were found in, when an answer may be behind the typing. */
  marksFor?: string | undefined;
  meter?: Meter | undefined;
  /** The line under the box: what the underlines mean, or that no model here can name words. */
  note?: string | undefined;
  ref?: Ref<HTMLTextAreaElement> | undefined;
}

const nothing: readonly never[] = [];

/** A real textarea over a layer that only underlines. Hidden characters show as notches, or as chips on demand. */
export function PromptEditor(props: PromptEditorProps) {
  const { label, value, onChange, placeholder, meter, note, ref } = props;
  const { spans = nothing, hidden = nothing, marksFor = value } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => area.current as HTMLTextAreaElement);
  const [reading, setReading] = useState(false);
  const long = value.length > mirrorLimit;
  // Marks of an older text, in a text too long to compare at every key: none until the new answer.
  const follow = <T extends HiddenMark | PromptSpan>(marks: readonly T[]) =>
    marksFor === value ? marks : long ? nothing : rebase(marks, marksFor, value);
  const marks = follow(hidden);
  const open = reading && marks.length > 0;
  const count = `${formatCount(marks.length)} hidden ${marks.length === 1 ? 'character' : 'characters'}`;
  return (
    <div className="prompt">
      <div className="prompt__box">
        <div className="prompt__layers">
          {!long && <Mirror text={value} spans={follow(spans)} hidden={marks} area={area} />}
          <textarea
            ref={area}
            className="prompt__text"
            dir="auto"
            aria-label={label}
            aria-hidden={open || undefined}
            tabIndex={open ? -1 : 0}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            placeholder={placeholder}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          {open && <PromptReader label={label} text={value} spans={follow(spans)} hidden={marks} />}
        </div>
        <div className="prompt__bar">
          {meter && <PromptMeter meter={meter} area={area} onGo={() => setReading(false)} />}
          <span className="prompt__acts">
            {open && (
              <Button
                size="small"
                variant="bare"
                icon="copy"
                onClick={() => void navigator.clipboard?.writeText(escapeHidden(value, marks))}
              >
                Copy escaped
              </Button>
            )}
            {marks.length > 0 && (
              <Button
                size="small"
                icon={open ? 'eye' : 'hidden'}
                pressed={open}
                onClick={() => setReading(!open)}
              >
                {count}
              </Button>
            )}
          </span>
        </div>
      </div>
      {(note || long) && (
        <p className="meta prompt__note">
          {long &&
            `Words are not underlined above ${formatCount(mirrorLimit)} characters; all of it is scored. `}
          {note}
        </p>
      )}
    </div>
  );
}

interface MirrorProps {
  text: string;
  spans: readonly PromptSpan[];
  hidden: readonly HiddenMark[];
  area: { readonly current: HTMLTextAreaElement | null };
}

/** Same font, same width, same breaks as the textarea above it, and scrolled with it. */
function Mirror({ text, spans, hidden, area }: MirrorProps) {
  const ref = useRef<HTMLDivElement>(null);
  const pieces = useMemo(() => segments(text, spans, hidden), [text, spans, hidden]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: typing can scroll the textarea without an event before paint
  useLayoutEffect(() => {
    const source = area.current;
    if (!source) return;
    const follow = () => {
      if (ref.current) ref.current.scrollTop = source.scrollTop;
    };
    follow();
    source.addEventListener('scroll', follow, { passive: true });
    return () => source.removeEventListener('scroll', follow);
  }, [area, text]);
  return (
    <div className="prompt__mirror" ref={ref} dir="auto" aria-hidden="true">
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
