/** One item, large: hidden, its verdict and why, what each model says, and the decisions. Its order and heights stay. */
import { type RefObject, useEffect, useRef } from 'react';
import { worst } from '../../core/policy';
import { unsavedWords } from '../../state/triage/decisions';
import { judgedBy, type Row, reasonOf } from '../../state/triage/rows';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Button, DecideBar, NoteField, type VeilHandle, VerdictBadge } from '../../ui';
import { bytes, count, laneSentence } from '../bench/words';
import { BreakNote } from './BreakNote';
import { HandOff } from './HandOff';
import { ItemPicture } from './ItemPicture';
import { LabelGroup } from './LabelGroup';
import { ModelGroup } from './ModelGroup';
import { Neighbours } from './Neighbours';
import { TextPane } from './TextPane';
import { Unseen } from './Unseen';

export interface ReviewPaneProps {
  screening: Screening;
  view: ScreenView;
  veil: RefObject<VeilHandle | null>;
  /** Where it is a sheet. */
  open: boolean;
  onClose(): void;
}

export function ReviewPane({ screening, view, veil, open, onClose }: ReviewPaneProps) {
  const { selected, place, shown } = view;
  const pane = useRef<HTMLElement>(null);
  const row = selected === undefined ? undefined : screening.row(selected);
  useEffect(() => {
    if (open) pane.current?.focus();
  }, [open]);
  return (
    <aside className="review" aria-label="Review" data-open={open || undefined} ref={pane} tabIndex={-1}>
      <div className="review__head">
        <h2 className="clip" title={row?.name}>
          {row ? <bdi>{row.name}</bdi> : 'Review'}
        </h2>
        <span className="push row review__steps">
          {place >= 0 && (
            <span className="meta num">
              {count(place + 1)} of {count(shown.length)}
            </span>
          )}
          <Button
            variant="bare"
            size="small"
            iconOnly
            icon="back"
            aria-label="Previous"
            onClick={() => screening.acts.move(-1)}
          />
          <Button
            variant="bare"
            size="small"
            iconOnly
            icon="next"
            aria-label="Next"
            onClick={() => screening.acts.move(1)}
          />
          <Button
            variant="bare"
            size="small"
            iconOnly
            icon="close"
            className="review__close"
            aria-label="Close review"
            onClick={onClose}
          />
        </span>
      </div>
      {row ? (
        <Reviewed row={row} screening={screening} view={view} veil={veil} />
      ) : (
        <p className="review__none soft">
          Press J to begin with the first item, or choose one. Nothing is shown in clear before you hold
          Space.
        </p>
      )}
    </aside>
  );
}

interface ReviewedProps extends Pick<ReviewPaneProps, 'screening' | 'view' | 'veil'> {
  row: Row;
}

function Reviewed({ row, screening, view, veil }: ReviewedProps) {
  const { item, ordinal, decision, word, released } = row;
  const answers = screening.run.scores(item.id);
  const models = screening.run.now.models.filter(({ task }) => task === item.kind);
  const judged = judgedBy(models, screening.lines.thresholds(), answers);
  const verdicts = judged.flatMap(({ verdict }) => verdict ?? []);
  const found = worst(verdicts);
  const name = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  const sentence =
    found && word !== 'needs-review' && word !== 'waiting' && laneSentence(found, verdicts, name);
  return (
    <>
      {screening.looks.blind && !released ? (
        <Unseen row={row} screening={screening} />
      ) : item.kind === 'text' ? (
        <TextPane key={item.id} screening={screening} ordinal={ordinal} released={released} veil={veil} />
      ) : (
        <ItemPicture
          row={row}
          screening={screening}
          veil={veil}
          itemKey={row.item.id}
          onReveal={() => screening.looks.reveal(row.ordinal)}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="review__body" aria-label="Scores" tabIndex={0} data-scrolls="">
        {released && <HandOff item={item} marked={decision === 'concern'} />}
        <div className="review__verdict">
          <VerdictBadge verdict={word === 'waiting' ? 'pending' : word} size={28} />
          <p className="rule">
            {sentence ? (
              <>
                <b>{sentence.name}</b> {sentence.says} {sentence.others}
              </>
            ) : word === 'waiting' ? (
              'Not every model has answered yet.'
            ) : released && answers.length === 0 ? (
              'Its scores were left out of the export that it came in.'
            ) : (
              reasonOf(item, answers)
            )}
          </p>
        </div>
        {row.note && <p className="soft">{row.note}</p>}
        {judged.map((one) => (
          <ModelGroup key={one.model.id} judged={one} thresholds={screening.lines.thresholds()} />
        ))}
        <Neighbours screening={screening} row={row} />
        <LabelGroup screening={screening} labels={view.labels} on={row.labels} />
        <NoteField
          key={`note ${item.id}`}
          note={screening.run.journal.of(item.id).note ?? ''}
          onSave={(note) => screening.acts.note(ordinal, note)}
        />
        <dl className="facts">
          <dt>SHA-256</dt>
          <dd>
            <span className="mono">{item.sha256 ? shortHash(item.sha256) : 'Not read yet'}</span>
            <ListedMark sha256={item.sha256} />
            <span className="meta"> {bytes(item.bytes)}</span>
          </dd>
        </dl>
      </section>
      <Unsaved row={row} screening={screening} />
      <BreakNote />
      <Decide screening={screening} row={row} />
    </>
  );
}

function Decide({ screening, row }: { screening: Screening; row: Row }) {
  const { acts } = screening;
  return (
    <DecideBar
      value={row.decision}
      onDecide={(decision) => acts.decide(decision)}
      advances={acts.advances}
      onAdvances={(on) => acts.setAdvances(on)}
      about={aboutWords(screening, row)}
      blind={screening.looks.blind}
      onBlind={(on) => acts.setBlind(on)}
    />
  );
}

/** What the next decision acts on, said before it is made. */
function aboutWords({ marks, acts, list }: Screening, { ordinal }: Row): string {
  if (marks.size > 1) return `The ${count(marks.size)} marked rows`;
  const under = list.under(ordinal).length;
  if (under < 2) return 'This item';
  const targets = acts.targets(ordinal).length;
  return targets === under
    ? `All ${count(under)} alike`
    : `${count(targets)} of ${count(under)} alike; the others are decided`;
}

/** C04: that it is on the list, and nothing of the list. */
function ListedMark({ sha256 }: { sha256: string }) {
  const { listed } = useBench().triage;
  useStore(listed.store);
  return listed.has(sha256) ? <span className="chip chip--listed">Listed</span> : null;
}

/** Beside the item, as long as its decision is not on disk. */
function Unsaved({ row: { item, unsaved }, screening }: Pick<ReviewedProps, 'row' | 'screening'>) {
  const { triage } = useBench();
  if (!unsaved?.error && !unsaved?.conflict) return null;
  const { decisions } = screening;
  return (
    <section className="review__unsaved" aria-label="Not saved">
      <p>
        {unsaved.conflict
          ? 'Another tab decided this item first. Keep its decision, or replace it with yours.'
          : unsavedWords(unsaved.error ?? { message: '' })}
      </p>
      <Button size="small" onClick={() => void decisions.again(item.id)}>
        {unsaved.conflict ? 'Replace' : 'Retry'}
      </Button>
      {unsaved.error && (
        <Button size="small" onClick={() => triage.panels.open('export')}>
          Export
        </Button>
      )}
      <Button size="small" variant="bare" onClick={() => decisions.drop(item.id)}>
        {unsaved.conflict ? 'Keep theirs' : 'Forget it'}
      </Button>
    </section>
  );
}

const shortHash = (hash: string): string => `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
