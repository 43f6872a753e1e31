import { useEffect, useRef, useState } from 'react';
import { Icon } from './Icon';
import { Key } from './Key';

export interface NoteFieldProps {
  /** What is written down now. */
  note: string;
  /** When the field is left, and with Enter; Esc leaves it as it was. */
  onSave(note: string): void;
}

/** One line of a person's own words about an item. */
export function NoteField({ note, onSave }: NoteFieldProps) {
  const [text, setText] = useState(note);
  const dropped = useRef(false);
  // Undone, or written in another tab.
  useEffect(() => setText(note), [note]);
  return (
    <label className="notefield">
      <span className="notefield__icon">
        <Icon name="file" size={14} />
      </span>
      <span className="sr">Note</span>
      <input
        className="field"
        data-note
        placeholder="Note"
        autoComplete="off"
        maxLength={2_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          if (dropped.current) setText(note);
          else if (text.trim() !== note) onSave(text);
          dropped.current = false;
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
          event.preventDefault();
          // The field alone: what lies around it stays open.
          event.stopPropagation();
          dropped.current = event.key === 'Escape';
          event.currentTarget.blur();
        }}
      />
      <Key>N</Key>
    </label>
  );
}
