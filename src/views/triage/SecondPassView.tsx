/** The second pass: one item after the other, without what was decided of it, in place of the run. */
import { type RefObject, useEffect, useRef } from 'react';
import { judgedBy, type Row } from '../../state/triage/rows';
import type { Screening } from '../../state/triage/screening';
import { agreementWords, type SecondPass } from '../../state/triage/second-pass';
import { useBench, useStore } from '../../state/use';
import { Button, concernKey, decisions, EmptyState, type VeilHandle, VerdictBadge } from '../../ui';
import { count } from '../bench/words';
import { ItemPicture } from './ItemPicture';
import { ModelGroup } from './ModelGroup';
import { TextPane } from './TextPane';
import './second.css';

export interface SecondPassViewProps {
  screening: Screening;
  second: SecondPass;
  veil: RefObject<VeilHandle | null>;
}

export function SecondPassView({ screening, second, veil }: SecondPassViewProps) {
  const { triage } = useBench();
  const { due, at, agreement } = useStore(second.store);
  useStore(screening.store);
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => {
    second.begin();
    screening.decisions.quiet();
    head.current?.focus();
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) triage.panels.close();
    };
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [screening, second, triage]);
  useEffect(() => screening.looks.want(at === undefined ? [] : [at]), [screening, at]);
  const words = agreementWords(agreement);
  return (
    <div className="second">
      <div className="second__head" ref={head} tabIndex={-1}>
        <Button size="small" icon="back" shortcut="Esc" onClick={() => triage.panels.close()}>
          Back to the items
        </Button>
        <h1>Second pass</h1>
        <p className="meta num" role="status">
          {count(due)} left{words && ` · ${words}`}
        </p>
      </div>
      {at === undefined ? (
        <EmptyState
          icon="check"
          title="Nothing is due"
          sentence="Every item of the sample that is decided was decided a second time. More come with more decisions."
        />
      ) : (
        <Again row={screening.row(at)} screening={screening} second={second} veil={veil} />
      )}
    </div>
  );
}

interface AgainProps extends SecondPassViewProps {
  row: Row;
}

function Again({ row, screening, second, veil }: AgainProps) {
  const { item, ordinal, word, name, released } = row;
  const models = screening.run.now.models.filter(({ task }) => task === item.kind);
  const thresholds = screening.lines.thresholds();
  return (
    <section className="second__item" aria-label="Decide again">
      <h2 className="clip">
        <bdi>{name}</bdi>
      </h2>
      <p className="meta">What was decided of it is not shown. Decide as if you saw it for the first time.</p>
      {item.kind === 'text' ? (
        <TextPane key={item.id} screening={screening} ordinal={ordinal} released={released} veil={veil} />
      ) : (
        <ItemPicture
          row={row}
          screening={screening}
          veil={veil}
          itemKey={`again ${row.item.id}`}
          onReveal={() => second.reveal(row.ordinal)}
        />
      )}
      <VerdictBadge verdict={word === 'waiting' ? 'pending' : word} size={28} />
      {judgedBy(models, thresholds, screening.run.scores(item.id)).map((one) => (
        <ModelGroup key={one.model.id} judged={one} thresholds={thresholds} />
      ))}
      {/* biome-ignore lint/a11y/useSemanticElements: buttons, not fields */}
      <div className="second__decide" role="group" aria-label="Decide">
        {decisions.map(({ decision, label, key, icon }) => (
          <Button
            key={decision}
            icon={icon}
            shortcut={key}
            className={`decide__${decision}`}
            onClick={() => second.decide(decision)}
          >
            {label}
          </Button>
        ))}
        <Button variant="bare" size="small" shortcut={concernKey} onClick={() => second.decide('concern')}>
          Mark a concern
        </Button>
      </div>
    </section>
  );
}
