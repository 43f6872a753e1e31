/** One model's bars of one item. Lines are moved over the table, not here. */
import type { Thresholds } from '../../core/triage/types';
import type { Judged } from '../../state/triage/rows';
import { ScoreBar } from '../../ui';
import { BACKENDS, PRECISIONS } from '../bench/words';

export function ModelGroup({ judged, thresholds }: { judged: Judged; thresholds: Thresholds }) {
  const { model, scores, verdict } = judged;
  const rules = thresholds[model.id]?.rules ?? [];
  const { backend, precision } = scores ?? model;
  return (
    <section className="group" aria-label={model.name}>
      <p className="meta">
        <span className="clip">{model.name}</span>
        <span>
          {BACKENDS[backend]} {PRECISIONS[precision]}
        </span>
      </p>
      {rules.map(({ score, review, block }) => {
        const rule = verdict?.rules.find((one) => one.score === score);
        return (
          <ScoreBar
            key={score}
            label={score}
            state={rule?.band ?? (scores ? 'none' : 'busy')}
            value={rule?.value}
            review={review}
            block={block}
            top={verdict?.fired?.score === score}
          />
        );
      })}
    </section>
  );
}
