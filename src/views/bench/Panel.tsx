/** One model's answer: a bar and two lines per risk, the verdict, and the rule that fired. */
import type { CardScore } from '../../catalog/card';
import type { Scores, Verdict } from '../../core/policy';
import { judged } from '../../state/judging';
import type { BenchModel } from '../../state/models';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, ScoreBar, ThresholdRail, VerdictBadge } from '../../ui';
import { Opening } from './Opening';
import { coverageSentence, factsLine, ruleSentence, runsWords } from './words';

export interface PanelProps {
  model: BenchModel;
  /** Absent while there is nothing to judge, or no answer yet. */
  scores?: Scores | undefined;
  /** An answer is on its way; the scores, if any, are those of before. */
  pending: boolean;
  onRetry(): void;
}

export function Panel({ model, scores, pending, onRetry }: PanelProps) {
  const bench = useBench();
  const { policy } = useStore(bench.thresholds.store);
  const { card, activity, error } = model;
  const verdict = scores && judged(scores, policy);
  const opened = scores?.status === 'scored' ? scores : activity?.opened;
  const failure = error ?? (activity?.state === 'failed' ? activity.error : undefined);
  // Opening it again would find the same: it has to come again from where it came.
  const damaged =
    model.state === 'installed' && (failure?.code === 'asset-corrupt' || failure?.code === 'asset-missing');
  const opening = activity?.state === 'opening' || activity?.state === 'restarting';
  const cover = failure ? 'failed' : opening && !scores ? 'opening' : undefined;
  return (
    <section className="panel" aria-label={card.name}>
      <div className="panel__head">
        <div className="clip">
          <h3 className="clip">{card.name}</h3>
          <p className="meta clip num">{factsLine(card.facts, opened, scores?.milliseconds)}</p>
        </div>
        <span className="panel__verdict">{verdict && <VerdictBadge verdict={verdict.verdict} bare />}</span>
      </div>
      <div className="panel__body">
        <div className="panel__rows scores" inert={cover === 'failed'} data-covered={cover}>
          {card.scores.map((score) => (
            <Row
              key={score.name}
              model={card.id}
              score={score}
              scores={scores}
              verdict={verdict}
              pending={pending}
            />
          ))}
        </div>
        {cover === 'opening' && <Opening model={model} />}
        {failure && (
          <div className="panel__cover">
            <ErrorNotice
              title={`${card.name} could not be opened.`}
              reason={`${failure.message} Its verdicts are Needs review until it runs.`}
              code={failure.code}
              action={
                damaged
                  ? {
                      label: 'Go to Repair',
                      onClick: () => {
                        location.hash = `#/models/${card.id}`;
                      },
                    }
                  : { label: 'Try again', onClick: onRetry }
              }
            />
          </div>
        )}
      </div>
      <Because scores={scores} verdict={verdict} told={failure !== undefined} onRetry={onRetry} />
      {activity?.opened?.why && (
        <details className="panel__why">
          <summary>Runs on {runsWords(activity.opened)}</summary>
          {activity.opened.why}
        </details>
      )}
      <div className="panel__foot">
        <span>{card.thresholdNote}</span>
        <Button
          size="small"
          variant="bare"
          disabled={bench.thresholds.isDefault(card.id)}
          aria-label={`Reset ${card.name} to its starting point`}
          onClick={() => bench.resetThresholds(card.id)}
        >
          Reset
        </Button>
      </div>
    </section>
  );
}

interface BecauseProps {
  scores: Scores | undefined;
  verdict: Verdict | undefined;
  /** The notice above already says why and offers a way on. */
  told: boolean;
  onRetry(): void;
}

/** Why this verdict: the rule, what it covers, and a way on where there was no answer. */
function Because({ scores, verdict, told, onRetry }: BecauseProps) {
  if (!scores || !verdict || told) return <div className="rule" />;
  const cover = scores.status === 'scored' ? coverageSentence(scores) : scores.code;
  return (
    <div className="rule">
      <p>{ruleSentence(verdict)}</p>
      {cover && <p className="meta">{cover}</p>}
      {scores.status === 'error' && (
        <Button size="small" icon="retry" onClick={onRetry}>
          {scores.code === 'self-test-failed' ? 'Score it again' : 'Try again'}
        </Button>
      )}
    </div>
  );
}

interface RowProps {
  model: string;
  score: CardScore;
  scores: Scores | undefined;
  verdict: Verdict | undefined;
  pending: boolean;
}

function Row({ model, score, scores, verdict, pending }: RowProps) {
  const { thresholds } = useBench();
  const rule = score.risk ? thresholds.rule(model, score.name) : undefined;
  const judgedRule = verdict?.rules.find((each) => each.score === score.name);
  const value = judgedRule?.value ?? plainValue(score, scores);
  const idle = judgedRule?.band ?? (value === undefined ? 'none' : 'plain');
  return (
    <>
      <ScoreBar
        label={score.name}
        state={pending ? 'busy' : idle}
        value={value}
        review={rule?.review}
        block={rule?.block}
        top={verdict?.fired?.score === score.name}
      />
      {rule && (
        <ThresholdRail
          label={score.name}
          review={rule.review}
          block={rule.block}
          onChange={(lines) => thresholds.move(model, score.name, lines, 'review')}
        />
      )}
    </>
  );
}

/** A score without risk has no rule: its labels are added up here. */
function plainValue(score: CardScore, scores: Scores | undefined): number | undefined {
  if (scores?.status !== 'scored') return undefined;
  let total = 0;
  for (const label of score.labels) {
    const value = scores.probabilities[scores.labels.indexOf(label)];
    if (value === undefined || !(value >= 0)) return undefined;
    total += value;
  }
  return Math.min(1, total);
}
