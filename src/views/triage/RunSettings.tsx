/** What a run is decided under: who decides, what is kept, and how many items come round again. */
import { useState } from 'react';
import { LONGEST_NAME, setPseudonym, setSecondPass } from '../../state/triage/run-settings';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { Dialog, Field } from '../../ui';
import { HashListField } from './HashListField';
import { KeepNames } from './KeepNames';

export interface RunSettingsProps {
  screening: Screening;
  view: ScreenView;
  open: boolean;
  onClose(): void;
}

export function RunSettings({ screening, view, open, onClose }: RunSettingsProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Settings of this run">
      <Pseudonym screening={screening} by={view.settings.by ?? ''} />
      <SecondPass screening={screening} percent={view.settings.secondPass.percent} />
      <KeepNames screening={screening} view={view} />
      <HashListField screening={screening} view={view} />
    </Dialog>
  );
}

function Pseudonym({ screening, by }: { screening: Screening; by: string }) {
  const [text, setText] = useState(by);
  return (
    <Field
      label="Your pseudonym"
      hint="Optional. It goes into every record from now on, and into exports. Leave it empty, and none does."
      maxLength={LONGEST_NAME}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        void setPseudonym(screening.run, event.target.value);
      }}
    />
  );
}

function SecondPass({ screening, percent }: { screening: Screening; percent: number }) {
  const [text, setText] = useState(String(percent));
  const number = text.trim() === '' ? 0 : Number(text);
  const fits = number >= 0 && number <= 100;
  return (
    <Field
      label="Second pass, in percent of decided items"
      hint="As many come round again without the first decision being shown, and the report says how far the two agree. 0 is off."
      error={fits ? undefined : 'From 0 to 100.'}
      inputMode="decimal"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const next = Number(event.target.value);
        if (next >= 0 && next <= 100) void setSecondPass(screening.run, next);
      }}
    />
  );
}
