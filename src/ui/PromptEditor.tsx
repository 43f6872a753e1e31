import type { Ref } from 'react';

export interface PromptSpan {
  /** UTF-16 offsets into the value; spans do not overlap. */
  readonly start: number;
  readonly end: number;
  /** 3 pushed the score most. */
  readonly strength: 1 | 2 | 3;
}

export interface HiddenMark {
  readonly start: number;
  readonly end: number;
  /** On the chip: `U+200B`, `RLO`. */
  readonly label: string;
  /** Spoken and in the tooltip: "Zero width space". */
  readonly name: string;
}

export interface PromptWindow {
  /** UTF-16 offset at which the window begins. */
  readonly start: number;
  readonly end: number;
  /** How full it is, 0 to 1. */
  readonly fill: number;
  /** The window that decided. */
  readonly verdict?: 'review' | 'block';
}

export interface PromptMeter {
  /** "43 of 384 tokens", "907 tokens, 3 windows" */
  readonly text: string;
  /** One for a short text. */
  readonly windows: readonly PromptWindow[];
}

export interface PromptEditorProps {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string | undefined;
  spans?: readonly PromptSpan[] | undefined;
  hidden?: readonly HiddenMark[] | undefined;
  meter?: PromptMeter | undefined;
  /** The line under the box: what the underlines mean, or that this model cannot name words. */
  note?: string | undefined;
  ref?: Ref<HTMLTextAreaElement> | undefined;
}

export function PromptEditor({ label, value, onChange, placeholder, meter, note, ref }: PromptEditorProps) {
  return (
    <div className="prompt">
      <textarea
        ref={ref}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {meter && <p>{meter.text}</p>}
      {note && <p className="meta">{note}</p>}
    </div>
  );
}
