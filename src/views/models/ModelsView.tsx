/** The models of this build: what each is, what it is for and not for, and how it runs here. */
import type { BenchModel } from '../../state/models';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, Icon, Notice } from '../../ui';
import { bytes, factsLine } from '../bench/words';
import './models.css';

export function ModelsView() {
  const bench = useBench();
  const { models, status, chosen } = useStore(bench.models.store);
  return (
    <>
      <div className="head">
        <h1>Models</h1>
        <span className="soft head__sub">What runs here, and what it is worth.</span>
      </div>
      {status === 'loading' && <p className="meta">Reading the list.</p>}
      <div className="cards">
        {models.map((model) => (
          <Card key={model.card.id} model={model} onBench={chosen.includes(model.card.id)} />
        ))}
      </div>
      <div className="cards__end">
        <Notice title="More models are not part of this version." icon="models">
          Installing from a hub, a mirror or files on disk comes later. What is listed here is part of the
          build.
        </Notice>
      </div>
    </>
  );
}

function Card({ model, onBench }: { model: BenchModel; onBench: boolean }) {
  const bench = useBench();
  const { card, bytes: size, error } = model;
  return (
    <article className="card" aria-labelledby={`card-${card.id}`}>
      <section>
        <div className="row">
          <h2 id={`card-${card.id}`}>{card.name}</h2>
          <span className="push">
            <Button
              size="small"
              icon={onBench ? 'check' : 'plus'}
              pressed={onBench}
              reserve="Add to bench"
              onClick={() => bench.choose(card.id, !onBench)}
            >
              {onBench ? 'On the bench' : 'Add to bench'}
            </Button>
          </span>
        </div>
        <p>{card.summary}</p>
        <p className="meta">{card.facts}</p>
      </section>
      {error && (
        <section>
          <ErrorNotice
            title="It could not be opened."
            reason={error.message}
            code={error.code}
            action={{ label: 'Try again', onClick: () => void bench.reopen(card.id) }}
          />
        </section>
      )}
      <section>
        <h3>How it runs here</h3>
        <State model={model} />
      </section>
      <Facts
        title="What it is"
        rows={[
          ['Size', bytes(size)],
          ['Source', `${card.source.name}, ${card.source.revision}`],
          ['Licence', card.licence],
          [
            'Languages',
            card.languages.join(', ') || (card.task === 'image' ? 'None: it reads pictures' : 'Not stated'),
          ],
          ['Meant for', card.intendedUse],
        ]}
      />
      <Points title="Not for" items={card.notFor} />
      <Points title="Limits" items={card.limits} />
      <Facts
        title="Where its lines start"
        rows={card.scores.map((score) => [
          score.name,
          score.risk && score.review !== undefined && score.block !== undefined
            ? `Review from ${score.review.toFixed(2)}, block from ${score.block.toFixed(2)}`
            : 'Carries no risk',
        ])}
        note={card.thresholdNote}
      />
    </article>
  );
}

function State({ model: { activity } }: { model: BenchModel }) {
  const opened = activity?.opened;
  if (!opened) {
    const words =
      activity?.state === 'opening' ? 'Opening.' : 'Not open. It opens by itself when it is needed.';
    return <p className="meta">{words}</p>;
  }
  const { selfTestDistance: distance, threads, milliseconds } = opened;
  return (
    <>
      <p className="state" data-ok={distance !== undefined}>
        <Icon name={distance === undefined ? 'clock' : 'check'} />
        {distance === undefined
          ? 'This model brings no self-test.'
          : `Self-test passed: at most ${distance.toPrecision(2)} from the reference.`}
      </p>
      <p className="meta num">
        {factsLine('', opened)} · {threads} {threads === 1 ? 'thread' : 'threads'} · opened in{' '}
        {Math.round(milliseconds)} ms
        {activity.restarts > 0 &&
          ` · restarted ${activity.restarts} ${activity.restarts === 1 ? 'time' : 'times'}`}
      </p>
      {!window.crossOriginIsolated && (
        <p className="meta">
          1 thread, because this page was served without isolation headers. Scores are the same.
        </p>
      )}
    </>
  );
}

function Facts({
  title,
  rows,
  note,
}: {
  title: string;
  rows: readonly (readonly [string, string])[];
  note?: string;
}) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {note && <p className="meta">{note}</p>}
    </section>
  );
}

function Points({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="dots">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  );
}
