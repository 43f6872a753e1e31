/** The four counts, and the lines over everything that was scored. */
import { useEffect, useRef } from 'react';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench } from '../../state/use';
import { Histogram, Tally } from '../../ui';
import { count } from '../bench/words';

/** Counts are said once, this long after the last move. */
const QUIET = 800;

export function SieveBar({ screening, view }: { screening: Screening; view: ScreenView }) {
  const { counts, scale } = view;
  const say = useCounts(view);
  return (
    <div className="sieve">
      <Tally counts={counts} />
      {scale && (
        <div className="sieve__lines">
          <div className="hist__cap">
            <label className="hist__pick">
              <span className="sr">Lines of</span>
              <select
                value={`${scale.model}\n${scale.rule.score}`}
                onChange={(event) => {
                  const [model = '', score = ''] = event.target.value.split('\n');
                  screening.measure(model, score);
                }}
              >
                {scale.choices.map(({ model, modelName, score }) => (
                  <option key={`${model} ${score}`} value={`${model}\n${score}`}>
                    {modelName}, {score}
                  </option>
                ))}
              </select>
            </label>
            <span className="hist__note">Items per score, square-root scale</span>
          </div>
          <Histogram
            label={scale.rule.score}
            bins={scale.bins}
            review={scale.rule.review}
            block={scale.rule.block}
            onChange={(lines) => {
              const moved = lines.review === scale.rule.review ? 'block' : 'review';
              screening.moveLines(scale.model, scale.rule.score, lines, moved);
              say();
            }}
            onCommit={() => screening.lines.save()}
            say={(mark) =>
              mark === 'review'
                ? `${count(counts.review.all)} items to review`
                : `${count(counts.block.all)} items blocked`
            }
          />
        </div>
      )}
    </div>
  );
}

/** "2,684 cleared · 318 to review · 61 blocked · 43 need review" */
function useCounts(view: ScreenView): () => void {
  const { announcer } = useBench();
  const latest = useRef(view);
  latest.current = view;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { clear, review, block, 'needs-review': needs } = latest.current.counts;
      announcer.say(
        `${count(clear.all)} cleared, ${count(review.all)} to review, ${count(block.all)} blocked, ${count(needs.all)} need review.`,
      );
    }, QUIET);
  };
}
