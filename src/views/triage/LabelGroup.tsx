/** The team's own labels: toggled by their number, added here. */
import { useState } from 'react';
import type { Screening } from '../../state/triage/screening';
import { Button } from '../../ui';

export interface LabelGroupProps {
  screening: Screening;
  labels: readonly string[];
  on: readonly string[];
}

export function LabelGroup({ screening, labels, on }: LabelGroupProps) {
  const [text, setText] = useState('');
  const add = () => {
    if (text.trim() !== '') void screening.setLabels([...labels, text]);
    setText('');
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons and a field that stands for itself
    <div className="labels" role="group" aria-label="Labels">
      {labels.map((label, at) => (
        <Button
          key={label}
          size="small"
          shortcut={at < 9 ? `${at + 1}` : undefined}
          pressed={on.includes(label)}
          onClick={() => screening.acts.toggleLabel(at)}
        >
          {label}
        </Button>
      ))}
      <form
        className="labels__new"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label>
          <span className="sr">New label</span>
          <input
            className="field"
            placeholder="New label"
            maxLength={40}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <Button size="small" submit disabled={text.trim() === ''}>
          Add
        </Button>
      </form>
    </div>
  );
}
