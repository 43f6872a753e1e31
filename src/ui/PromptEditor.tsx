import { type Ref, type RefObject, useImperativeHandle, useState } from 'react';
import { Button } from './Button';
import { formatCount } from './format';
import { type Meter, PromptMeter } from './PromptMeter';
import { PromptMirror, scrollToOffset } from './PromptMirror';
import { PromptReader } from './PromptReader';
import { onPage } from './pages';
import { directionOf, escapeHidden, type HiddenLike, rebase, type SpanLike } from './prompt';
import { usePages } from './usePages';

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
/** Comparing longer texts at every key would be felt; their marks wait for the next answer. */
const followLimit = 200_000;
/** More marks than this on one page would cost more than they tell. */
const mostMarks = 1_000;

/** A real textarea over a layer that only underlines. Hidden characters show as notches, or as chips on demand. */
export function PromptEditor(props: PromptEditorProps) {
  const { label, value, onChange, placeholder, meter, note, ref } = props;
  const { spans = nothing, hidden = nothing, marksFor = value } = props;
  const pages = usePages(value, onChange);
  const { page, area } = pages;
  useImperativeHandle(ref, () => area.current as HTMLTextAreaElement);
  const [reading, setReading] = useState(false);
  const follow = <T extends HiddenMark | PromptSpan>(marks: readonly T[]) => {
    if (marksFor === value) return marks;
    return value.length > followLimit ? nothing : rebase(marks, marksFor, value);
  };
  const marks = follow(hidden);
  const underlined = follow(spans);
  const open = reading && marks.length > 0;
  const text = value.slice(page.from, page.to);
  const goTo = (offset: number, end: number) => {
    setReading(false);
    const wanted = pages.goToOffset(offset);
    // After React has put the page into the textarea.
    requestAnimationFrame(() => select(area, offset - wanted.from, Math.min(end, wanted.to) - wanted.from));
  };
  return (
    <div className="prompt">
      <div className="prompt__box">
        <div className="prompt__layers">
          <PromptMirror
            text={text}
            spans={onPage(underlined, page, mostMarks)}
            hidden={onPage(marks, page, mostMarks)}
            area={area}
          />
          <textarea
            ref={area}
            className="prompt__text"
            dir={directionOf(text)}
            aria-label={label}
            aria-hidden={open || undefined}
            tabIndex={open ? -1 : 0}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            placeholder={placeholder}
            value={text}
            onChange={(event) => pages.edit(event.target.value)}
            onPaste={pages.paste}
          />
          {open && <PromptReader label={label} text={value} spans={underlined} hidden={marks} />}
        </div>
        <div className="prompt__bar">
          {meter && <PromptMeter meter={meter} onGo={goTo} />}
          {pages.count > 1 && <Pager {...pages} />}
          <HiddenActs text={value} marks={marks} open={open} onToggle={() => setReading(!open)} />
        </div>
      </div>
      {note && <p className="meta prompt__note">{note}</p>}
    </div>
  );
}

function select(area: RefObject<HTMLTextAreaElement | null>, start: number, end: number): void {
  const element = area.current;
  if (!element) return;
  element.focus();
  element.setSelectionRange(start, end, 'backward');
  scrollToOffset(element, start);
}

/** A very long text is edited a part at a time; all of it is scored. */
function Pager({ index, count, go }: { index: number; count: number; go(to: number): unknown }) {
  return (
    <span className="pager">
      <Button
        size="small"
        variant="bare"
        iconOnly
        icon="back"
        aria-label="Part before"
        disabled={index === 0}
        onClick={() => go(index - 1)}
      />
      <span className="num">
        Part {formatCount(index + 1)} of {formatCount(count)}
      </span>
      <Button
        size="small"
        variant="bare"
        iconOnly
        icon="next"
        aria-label="Next part"
        disabled={index === count - 1}
        onClick={() => go(index + 1)}
      />
    </span>
  );
}

interface ActsProps {
  text: string;
  marks: readonly HiddenMark[];
  open: boolean;
  onToggle(): void;
}

function HiddenActs({ text, marks, open, onToggle }: ActsProps) {
  if (marks.length === 0) return null;
  const copy = () => void navigator.clipboard?.writeText(escapeHidden(text, marks));
  return (
    <span className="prompt__acts">
      {open && (
        <Button size="small" variant="bare" icon="copy" onClick={copy}>
          Copy escaped
        </Button>
      )}
      <Button size="small" icon={open ? 'eye' : 'hidden'} pressed={open} onClick={onToggle}>
        {`${formatCount(marks.length)} hidden ${marks.length === 1 ? 'character' : 'characters'}`}
      </Button>
    </span>
  );
}
