import { useId } from 'react';
import { Button } from './Button';
import type { IconName } from './Icon';
import { Key } from './Key';

export type DecisionWord = 'clear' | 'block' | 'escalate' | 'skip' | 'concern';

export const decisions: readonly {
  readonly decision: Exclude<DecisionWord, 'concern'>;
  readonly label: string;
  readonly key: string;
  readonly icon: IconName;
}[] = [
  { decision: 'clear', label: 'Clear', key: 'A', icon: 'clear' },
  { decision: 'block', label: 'Block', key: 'X', icon: 'block' },
  { decision: 'escalate', label: 'Escalate', key: 'E', icon: 'up' },
  { decision: 'skip', label: 'Skip', key: 'S', icon: 'skip' },
];

/** What a decision is called once it is made. */
export const decidedWords: Readonly<Record<DecisionWord, string>> = {
  clear: 'Cleared',
  block: 'Blocked',
  escalate: 'Escalated',
  skip: 'Skipped',
  concern: 'Concern',
};

export const decidedIcons: Readonly<Record<DecisionWord, IconName>> = {
  ...{ clear: 'clear', block: 'block', escalate: 'up', skip: 'skip', concern: 'warn' },
};

export interface DecideBarProps {
  /** The decision in force, shown as pressed. */
  value?: DecisionWord | undefined;
  disabled?: boolean | undefined;
  onDecide(decision: DecisionWord): void;
  advances: boolean;
  onAdvances(on: boolean): void;
  /** What a decision acts on, such as "All 14 alike". */
  about: string;
  /** *Decide without looking*. */
  blind: boolean;
  onBlind(on: boolean): void;
}

/** Key of a possible child-safety concern, which is no fifth button among equals: it lets go of the picture. */
export const concernKey = 'C';

/** Four equal buttons, each with its key. None is the default, so Enter decides nothing. */
export function DecideBar(props: DecideBarProps) {
  const { value, disabled, onDecide, advances, onAdvances, about, blind, onBlind } = props;
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons, not fields
    <div className="decide" role="group" aria-label="Decide" aria-describedby={id}>
      <div className="decide__over">
        <span id={id} className="decide__about clip">
          {about}
        </span>
        <label className="settings__check">
          <input type="checkbox" checked={blind} onChange={(event) => onBlind(event.target.checked)} />
          Without looking <Key>W</Key>
        </label>
      </div>
      {decisions.map(({ decision, label, key, icon }) => (
        <Button
          key={decision}
          icon={icon}
          shortcut={key}
          className={`decide__${decision}`}
          pressed={value === decision}
          disabled={disabled}
          onClick={() => onDecide(decision)}
        >
          {label}
        </Button>
      ))}
      <div className="decide__under">
        <label className="settings__check">
          <input type="checkbox" checked={advances} onChange={(event) => onAdvances(event.target.checked)} />
          Move on after each decision
        </label>
        <Button
          variant="bare"
          size="small"
          shortcut={concernKey}
          pressed={value === 'concern' ? true : undefined}
          disabled={disabled}
          onClick={() => onDecide('concern')}
        >
          Mark a concern
        </Button>
      </div>
    </div>
  );
}
