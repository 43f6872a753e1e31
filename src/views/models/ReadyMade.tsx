/** Ready-made embeddings: a file of rows in, counts and a histogram out, the scores as a table to take away. */
import { type CSSProperties, useMemo } from 'react';
import type { ModelCard } from '../../catalog/card';
import type { Policy, Scores } from '../../core/policy';
import { countVerdicts, histogram, type Scored, scoreOf, scoresCsv } from '../../state/embeddings';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, FilePick, formatScore, ThresholdRail } from '../../ui';
import { count } from '../bench/words';
import { saveFile } from './saveFile';

const BINS = 20;
const SHOWN = 5;

export function ReadyMade({ card }: { card: ModelCard }) {
  const { embeddings } = useBench();
  const scored = useStore(embeddings.store).get(card.id);
  const width = card.embedding?.width ?? 0;
  return (
    <section aria-labelledby="ready-made">
      <h3 id="ready-made">Ready-made embeddings</h3>
      <p className="card__text">
        Already have them? A <code>.npy</code> or <code>.safetensors</code> file of rows with {count(width)}{' '}
        numbers is scored with the head alone.
      </p>
      {scored?.state === 'failed' && scored.error && (
        <ErrorNotice
          title={`${scored.name} was not scored.`}
          reason={scored.error.message}
          code={scored.error.code}
        />
      )}
      {scored?.state === 'scoring' && <p className="meta">Scoring {scored.name}.</p>}
      {scored?.state === 'scored' && <Result card={card} scored={scored} />}
      <div className="row wrap">
        <FilePick
          size="small"
          icon="file"
          single
          accept=".npy,.safetensors"
          label="Choose embeddings to score"
          onFiles={([given]) => given && void embeddings.score(card, given.file)}
        >
          Choose embeddings
        </FilePick>
        {scored && (
          <Button size="small" variant="bare" onClick={() => embeddings.clear(card.id)}>
            Clear
          </Button>
        )}
      </div>
    </section>
  );
}

function Result({ card, scored: { rows, name, note } }: { card: ModelCard; scored: Scored }) {
  const bench = useBench();
  const { policy } = useStore(bench.thresholds.store);
  const counts = useMemo(() => countVerdicts(rows, policy), [rows, policy]);
  return (
    <>
      <p className="num">
        <b>
          {count(rows.length)} {rows.length === 1 ? 'row' : 'rows'}
        </b>{' '}
        <span className="meta">{name}</span>
      </p>
      <p className="card__text num">
        {count(counts.clear)} clear · {count(counts.review)} review · {count(counts.block)} block ·{' '}
        {count(counts['needs-review'])} {counts['needs-review'] === 1 ? 'needs' : 'need'} review
      </p>
      {note && <p className="meta">{note}</p>}
      {card.scores
        .filter(({ risk }) => risk)
        .map((score) => (
          <Spread
            key={score.name}
            card={card}
            score={score.name}
            labels={score.labels}
            rows={rows}
            policy={policy}
          />
        ))}
      <First card={card} rows={rows} />
      <div className="row wrap">
        <Button
          size="small"
          icon="save"
          onClick={() => saveFile(`${card.id}-scores.csv`, 'text/csv', scoresCsv(card, rows, policy))}
        >
          Save scores as CSV
        </Button>
        {!bench.thresholds.isDefault(card.id) && (
          <Button size="small" variant="bare" onClick={() => bench.resetThresholds(card.id)}>
            Reset the lines
          </Button>
        )}
      </div>
      <p className="meta">Rows are counted from 0. Moving a line counts again, here and on the bench.</p>
    </>
  );
}

interface SpreadProps {
  card: ModelCard;
  score: string;
  labels: readonly string[];
  rows: readonly Scores[];
  policy: Policy;
}

/** Twenty bars over 0 to 1, with both lines. The words under it say what it shows. */
function Spread({ card, score, labels, rows, policy }: SpreadProps) {
  const { thresholds } = useBench();
  const bins = useMemo(() => histogram(rows, labels, BINS), [rows, labels]);
  const rule = policy.models[card.id]?.rules.find((each) => each.score === score);
  const most = Math.max(1, ...bins);
  const lines = { '--r': rule?.review ?? 1, '--b': rule?.block ?? 1 } as CSSProperties;
  return (
    <figure className="spread">
      <figcaption className="meta num">
        {score} from 0 to 1, up to {count(most)} {most === 1 ? 'row' : 'rows'} a bar
      </figcaption>
      <div className="spread__plot" style={lines} aria-hidden="true">
        {bins.map((bin, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bar's place is what it is
          <i key={at} style={{ '--v': bin / most } as CSSProperties} data-some={bin > 0 || undefined} />
        ))}
        <span className="tick tick--r" />
        <span className="tick tick--b" />
      </div>
      {rule && (
        <ThresholdRail
          label={score}
          review={rule.review}
          block={rule.block}
          onChange={(lines) => thresholds.move(card.id, score, lines, 'review')}
        />
      )}
    </figure>
  );
}

/** The rows with the highest scores, so that there is something to hold against the source. */
function First({ card, rows }: { card: ModelCard; rows: readonly Scores[] }) {
  const risk = card.scores.find((score) => score.risk);
  const highest = useMemo(
    () =>
      rows
        .map((row, at) => ({ at, value: risk && scoreOf(row, risk.labels) }))
        .filter((each): each is { at: number; value: number } => each.value !== undefined)
        .sort((a, b) => b.value - a.value)
        .slice(0, SHOWN),
    [rows, risk],
  );
  if (!risk || highest.length === 0) return null;
  return (
    <table className="highest num">
      <caption className="meta">Highest {risk.name}</caption>
      <thead className="sr">
        <tr>
          <th scope="col">Row</th>
          <th scope="col">Score</th>
        </tr>
      </thead>
      <tbody>
        {highest.map(({ at, value }) => (
          <tr key={at}>
            <th scope="row">Row {count(at)}</th>
            <td>{formatScore(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
