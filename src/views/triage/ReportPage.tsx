/** The page itself. Counts, hashes and lines: nothing that an item holds, and no name of a file. */
import type { Report } from '../../core/triage/report';
import type { SieveWord } from '../../core/triage/sieve';
import { errorWords } from '../../state/triage/facets';
import { kappaFigure } from '../../state/triage/second-pass';
import { formatLine } from '../../ui';
import { BACKENDS, count, PRECISIONS } from '../bench/words';

/** Lines of a list that fit on the page; the rest is counted. */
const MOST = 8;

const VERDICTS: Readonly<Record<SieveWord, string>> = {
  block: 'Block',
  review: 'Review',
  'needs-review': 'Needs review',
  clear: 'Clear',
  waiting: 'Not judged yet',
};
const DECISIONS = {
  clear: 'Cleared',
  block: 'Blocked',
  escalate: 'Escalated',
  concern: 'Marked as a concern',
  skip: 'Skipped, still open',
  open: 'Open, with the skipped',
} as const;

export interface ReportPageProps {
  report: Report;
  /** When it was made, ISO 8601. */
  at: string;
  by?: string | undefined;
  /** What was dropped, where names are kept. */
  title?: string | undefined;
}

export function ReportPage({ report, at, by, title }: ReportPageProps) {
  const { run, items, kinds, tail } = report;
  return (
    <article className="report" aria-label="Run report">
      <header className="report__head">
        <h1>Run report</h1>
        <p>
          <b>{title ?? run.name}</b>
        </p>
        <p className="meta num">
          Begun {when(run.createdAt)} · counted {when(at)}
          {report.lastAt && ` · last record ${when(report.lastAt)}`}
          {by && ` · decided by ${by}`}
        </p>
        <p className="num">
          {count(items)} {items === 1 ? 'item' : 'items'}: {count(kinds.image)} pictures, {count(kinds.text)}{' '}
          texts
        </p>
      </header>
      <div className="report__two">
        <Counts
          title="Verdicts"
          note="Of the models, under the lines below"
          rows={(Object.keys(VERDICTS) as SieveWord[]).map((word) => [
            VERDICTS[word],
            report.verdicts[word].all,
          ])}
        />
        <Counts
          title="Decisions"
          note="Of people"
          rows={(Object.keys(DECISIONS) as (keyof typeof DECISIONS)[]).map((word) => [
            DECISIONS[word],
            report.decisions[word],
          ])}
        />
        <Coverage report={report} />
        <Agreement report={report} />
      </div>
      <Models report={report} />
      <Lines report={report} />
      <footer className="report__foot">
        <p>
          Chain of {count(tail.seq)} {tail.seq === 1 ? 'record' : 'records'}, which ends in{' '}
          <span className="mono">{tail.hash}</span>. An export is whole if it ends in the same.
        </p>
        <p className="mono">Run {run.id}</p>
        <p>Scores are estimates, not findings. Image models do not detect child abuse material.</p>
      </footer>
    </article>
  );
}

type Counted = readonly [name: string, items: number];

function Counts({ title, note, rows }: { title: string; note?: string; rows: readonly Counted[] }) {
  return (
    <section data-part={title}>
      <h2>{title}</h2>
      {note && <p className="meta">{note}</p>}
      <dl className="report__counts num">
        {rows.map(([name, items]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(items)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Coverage({ report }: { report: Report }) {
  const { items, verdicts, partly, errors, labels } = report;
  const rows: Counted[] = [
    ['Judged', items - verdicts.waiting.all],
    ['Read in part, such as frames of a film', partly],
    ...errors.map(({ code, items: times }): Counted => [`Error: ${errorWords(code).toLowerCase()}`, times]),
    ...labels.map(({ label, items: times }): Counted => [`Label: ${label}`, times]),
  ];
  return <Counts title="Coverage" note={`Of ${count(items)}`} rows={shortened(rows)} />;
}

function Agreement({ report }: { report: Report }) {
  const { differs, disagree, undone, secondPass } = report;
  const against = Object.entries(differs) as [SieveWord, number][];
  const { items, same, share, kappa, pairs } = secondPass;
  return (
    <section data-part="Agreement">
      <h2>Agreement</h2>
      <dl className="report__counts num">
        <div>
          <dt>
            Decided otherwise than the verdict
            {against.length > 0 &&
              ` (${against.map(([word, times]) => `${VERDICTS[word]} ${count(times)}`).join(', ')})`}
          </dt>
          <dd>{count(against.reduce((sum, [, times]) => sum + times, 0))}</dd>
        </div>
        <div>
          <dt>Models disagree</dt>
          <dd>{count(disagree)}</dd>
        </div>
        <div>
          <dt>Decisions taken back</dt>
          <dd>{count(undone)}</dd>
        </div>
        <div>
          <dt>Decided twice, the second time blind</dt>
          <dd>{count(items)}</dd>
        </div>
        {share !== undefined && (
          <div>
            <dt>
              The same both times
              {kappa !== undefined && `, Cohen’s kappa ${kappaFigure(kappa)}`}
            </dt>
            <dd>
              {count(same)}, {percent(share)}
            </dd>
          </div>
        )}
        {pairs
          .filter(({ first, second }) => first !== second)
          .slice(0, 3)
          .map(({ first, second, items: times }) => (
            <div key={`${first} ${second}`}>
              <dt>
                {DECISIONS[first]}, then {DECISIONS[second].toLowerCase()}
              </dt>
              <dd>{count(times)}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function Models({ report: { models } }: { report: Report }) {
  return (
    <section data-part="Models">
      <h2>Models</h2>
      <div className="report__wide">
        <table>
          <thead>
            <tr>
              <th scope="col">Model and version</th>
              <th scope="col">Runs as</th>
              <th scope="col">SHA-256 of its weights</th>
            </tr>
          </thead>
          <tbody>
            {models.map(({ id, name, revision, backend, precision, preprocessing, sha256 }) => (
              <tr key={id}>
                <th scope="row">
                  {name}
                  <small>
                    {id} · {revision}
                  </small>
                </th>
                <td>
                  {BACKENDS[backend]} {PRECISIONS[precision]}
                  <small>{preprocessing}</small>
                </td>
                <td className="mono">{sha256 || 'not known'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Lines({ report: { models, thresholds, moved } }: { report: Report }) {
  const rows = models.flatMap(({ id, name }) =>
    (thresholds[id]?.rules ?? []).map((rule) => ({ key: `${id} ${rule.score}`, name, ...rule })),
  );
  return (
    <section data-part="Thresholds">
      <h2>Thresholds</h2>
      <p className="meta">
        {moved ? 'Moved since the run began. ' : 'As they were when the run began. '}
        Every record carries the lines it was decided under.
      </p>
      <ul className="report__lines num">
        {rows.map(({ key, name, score, review, block }) => (
          <li key={key}>
            <span>
              {name}: <b>{score}</b>
            </span>{' '}
            review from {formatLine(review)}, block from {formatLine(block)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function shortened(rows: readonly Counted[]): readonly Counted[] {
  if (rows.length <= MOST) return rows;
  const rest = rows.slice(MOST - 1);
  return [
    ...rows.slice(0, MOST - 1),
    [`${count(rest.length)} more kinds`, rest.reduce((sum, [, items]) => sum + items, 0)],
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(share === 1 ? 0 : 1)} %`;

const when = (at: string): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
