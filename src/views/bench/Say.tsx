/** The head of a lane's answers: one big verdict, one sentence, and whether the models differ. */
import { useEffect } from 'react';
import { type Answer, disagree, judged, laneVerdict } from '../../state/judging';
import { useBench, useStore } from '../../state/use';
import { Icon, VerdictBadge } from '../../ui';
import { laneSentence } from './words';

export interface SayProps {
  /** "Prompt", "Picture 2": for the announcement. */
  subject: string;
  answers: readonly Answer[];
  /** The answers shown are those of before. */
  pending: boolean;
  /** What to do while there is nothing to judge. */
  empty: string;
  /** Nothing has been given to judge. */
  idle: boolean;
}

export function Say({ subject, answers, pending, empty, idle }: SayProps) {
  const bench = useBench();
  const { status } = useStore(bench.models.store);
  const { policy } = useStore(bench.thresholds.store);
  const worst = laneVerdict(answers, policy);
  const verdicts = answers.flatMap(({ scores }) => (scores ? [judged(scores, policy)] : []));
  const name = (id: string) => bench.models.get(id)?.card.name ?? id;
  const sentence = worst && laneSentence(worst, verdicts, name);
  const spoken =
    sentence && !pending ? `${subject}: ${sentence.name} ${sentence.says} ${sentence.others}` : '';
  useEffect(() => {
    if (spoken !== '') bench.announcer.say(spoken);
  }, [spoken, bench]);
  const none = answers.length === 0 && status !== 'loading';
  if (idle || answers.length === 0)
    return (
      <div className="say">
        <p className="soft">{none ? 'No model is on the bench for this. Add one to score it.' : empty}</p>
      </div>
    );
  return (
    <div className="say" aria-busy={pending}>
      <VerdictBadge verdict={worst?.verdict ?? 'pending'} size={28} />
      <p className="say__words">
        {sentence ? (
          <>
            <strong>{sentence.name}</strong> {sentence.says} <span className="soft">{sentence.others}</span>
          </>
        ) : (
          <span className="soft">Scoring.</span>
        )}
      </p>
      {disagree(verdicts) && (
        <span className="split">
          <Icon name="split" />
          Models disagree
        </span>
      )}
    </div>
  );
}
