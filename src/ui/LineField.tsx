import { type KeyboardEvent, useState } from 'react';
import { formatLine } from './format';
import { parseLine, toStep } from './rail';

export interface LineFieldProps {
  label: string;
  /** 0 to 1. */
  value: number;
  min: number;
  max: number;
  disabled?: boolean | undefined;
  /** While typing, for every text that is a number from 0 to 1; held between `min` and `max`. */
  onChange(value: number): void;
  onCommit(): void;
}

/** A threshold as a number. What is not a number is marked, and gives way to the last good value on leaving. */
export function LineField({ label, value, min, max, disabled, onChange, onCommit }: LineFieldProps) {
  const [text, setText] = useState<string | null>(null);
  const [before, setBefore] = useState(value);
  const typed = text === null ? value : parseLine(text);
  const finish = () => {
    setText(null);
    onCommit();
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      const by = (event.shiftKey ? 0.05 : 0.01) * (event.key === 'ArrowUp' ? 1 : -1);
      setText(null);
      onChange(Math.min(max, Math.max(min, toStep(value + by))));
    } else if (event.key === 'Enter') finish();
    else if (event.key === 'Escape' && text !== null) {
      event.stopPropagation();
      setText(null);
      onChange(before);
    }
  };
  return (
    <input
      className="field field--num"
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      aria-label={label}
      aria-invalid={typed === undefined || undefined}
      readOnly={disabled}
      value={text ?? formatLine(value)}
      onFocus={(event) => {
        setBefore(value);
        event.currentTarget.select();
      }}
      onChange={(event) => {
        setText(event.target.value);
        const next = parseLine(event.target.value);
        if (next !== undefined) onChange(Math.min(max, Math.max(min, next)));
      }}
      onBlur={finish}
      onKeyDown={key}
    />
  );
}
