import { useEffect, useRef, useState } from 'react';
import type { VerdictWord } from '../core/policy/types';
import { Button } from './Button';
import { type DecisionWord, decisions } from './DecideBar';
import { Dialog } from './Dialog';
import { Field } from './Field';
import { formatCount } from './format';
import { Icon } from './Icon';
import { Notice } from './Notice';
import { Segments } from './Segments';
import { verdictWords } from './VerdictBadge';

export type BulkWord = Exclude<DecisionWord, 'concern'>;

/** What a decision about many items would do. Numbers are of items. */
export interface BulkFacts {
  /** That would be decided; by verdict, `pending` for those without one yet. */
  readonly targets: number;
  /** Not of items: rows that the targets stand in. */
  readonly rows: number;
  readonly verdicts: Readonly<Record<VerdictWord | 'pending', number>>;
  readonly decided: number;
  readonly unread: number;
  readonly concerns: number;
  readonly unseen: number;
}

export interface BulkDialogProps {
  open: boolean;
  onClose(): void;
  /** "12 marked" or "318 shown": items. */
  what: string;
  /** `again`: with those that are decided already. */
  facts(again: boolean): BulkFacts;
  /** Chosen with its key. */
  initial?: BulkWord | undefined;
  onDecide(decision: BulkWord, more: { again: boolean; reason: string }): void;
}

const VERBS: Readonly<Record<BulkWord, string>> = {
  ...{ clear: 'Clear', block: 'Block', escalate: 'Escalate', skip: 'Skip' },
};
const ORDER = ['block', 'review', 'needs-review', 'clear', 'pending'] as const;

/** Says what a decision about many items will do, before it does it. Nothing is chosen unless a key chose it. */
export function BulkDialog({ open, onClose, what, facts, initial, onDecide }: BulkDialogProps) {
  const [decision, setDecision] = useState<BulkWord>();
  const [again, setAgain] = useState(false);
  const [reason, setReason] = useState('');
  const main = useRef<HTMLButtonElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    setDecision(initial);
    setAgain(false);
    setReason('');
    (initial ? main.current : body.current?.querySelector('input'))?.focus();
  }, [open, initial]);
  const found = open ? facts(again) : undefined;
  const count = formatCount(found?.targets ?? 0);
  const ready = decision !== undefined && found !== undefined && found.targets > 0;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Decide ${what}`}
      foot={
        <>
          <span className="meta bulk__undo">One Undo takes all of it back.</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            ref={main}
            variant="main"
            disabled={!ready}
            reserve={`Escalate ${count} items`}
            onClick={() => decision && ready && onDecide(decision, { again, reason })}
          >
            {decision ? `${VERBS[decision]} ${count} ${found?.targets === 1 ? 'item' : 'items'}` : 'Decide'}
          </Button>
        </>
      }
    >
      {found && (
        <div className="bulk" ref={body}>
          <Segments
            label="Decision"
            value={decision ?? 'none'}
            options={decisions.map(({ decision: value, label }) => ({ value, label }))}
            onChange={(value) => value !== 'none' && setDecision(value)}
          />
          <Verdicts facts={found} />
          <Caution decision={decision} facts={found} />
          <Rest facts={found} again={again} onAgain={setAgain} />
          <Field
            label="Reason"
            hint="Optional. It goes into each of these records."
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
      )}
    </Dialog>
  );
}

function Verdicts({ facts: { targets, verdicts, rows } }: { facts: BulkFacts }) {
  return (
    <section className="bulk__verdicts" aria-label="What will be decided">
      <p>
        <b className="num">
          {formatCount(targets)} {targets === 1 ? 'item' : 'items'}
        </b>{' '}
        will be decided{targets > rows && `, in ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`}. By
        verdict:
      </p>
      <dl className="bulk__counts">
        {ORDER.filter((word) => word !== 'pending' || verdicts.pending > 0).map((word) => (
          <div key={word} data-verdict={word}>
            <dt>
              <span className="bulk__icon">
                <Icon name={word} size={14} />
              </span>
              {verdictWords[word]}
            </dt>
            <dd className="num">{formatCount(verdicts[word])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Fails closed: what the machine would not clear is named before a person clears it unlooked at. */
function Caution({ decision, facts }: { decision: BulkWord | undefined; facts: BulkFacts }) {
  const { block, 'needs-review': needs, pending } = facts.verdicts;
  if (decision !== 'clear' || block + needs + pending === 0) return null;
  const parts = [
    ...(block > 0 ? [`${formatCount(block)} with the verdict Block`] : []),
    ...(needs > 0 ? [`${formatCount(needs)} that could not be scored`] : []),
    ...(pending > 0 ? [`${formatCount(pending)} without a verdict yet`] : []),
  ];
  return (
    <Notice tone="warn" title="You clear what the models do not.">
      {parts.join(', ')}.
    </Notice>
  );
}

interface RestProps {
  facts: BulkFacts;
  again: boolean;
  onAgain(on: boolean): void;
}

function Rest({ facts: { decided, unread, concerns, unseen, targets }, again, onAgain }: RestProps) {
  return (
    <>
      {decided > 0 && (
        <label className="settings__check">
          <input type="checkbox" checked={again} onChange={(event) => onAgain(event.target.checked)} />
          <span>
            Decide the {formatCount(decided)} that {decided === 1 ? 'is' : 'are'} decided already again, too.
            Otherwise {decided === 1 ? 'it keeps its decision' : 'they keep their decisions'}.
          </span>
        </label>
      )}
      <ul className="dots bulk__rest">
        {unseen > 0 && (
          <li>
            {unseen === targets ? 'None of them was' : `${formatCount(unseen)} of them were never`} shown in
            this tab. Their records say so.
          </li>
        )}
        {unread > 0 && <li>{formatCount(unread)} left out: not read yet, so there is no hash to record.</li>}
        {concerns > 0 && <li>{formatCount(concerns)} left out: marked as a concern.</li>}
      </ul>
    </>
  );
}
