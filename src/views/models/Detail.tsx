/** The card of the chosen model: what it does, how it gets or got here, its facts and limits. */
import type { ReactNode } from 'react';
import type { ModelCard } from '../../catalog/card';
import type { BenchModel } from '../../state/models';
import { isOwn, OWN_SOURCE } from '../../state/own-card';
import { headOnly } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, type FolderDrop } from '../../ui';
import { BACKENDS, bytes, PRECISIONS } from '../bench/words';
import { InstallSection } from './InstallSection';
import { State } from './Lists';
import { ReadyMade } from './ReadyMade';
import { Runs } from './Runs';
import { verifiedWords } from './sourceWords';
import { day, failedState, isDamaged, readyState, shortHash } from './words';

export interface DetailProps {
  model: BenchModel;
  over: FolderDrop | null;
  onDelete(): void;
}

export function Detail({ model, over, onDelete }: DetailProps) {
  const { card, state } = model;
  const here = state !== 'available';
  const own = card.input.kind === 'embedding';
  // Made from somebody's own files and damaged, it can only be made from them again.
  const again = (headOnly(model) && !own) || (state === 'installed' && isDamaged(model));
  const takes = !here || again;
  return (
    <aside
      className="card"
      id="model-card"
      tabIndex={-1}
      aria-label={`Card of ${card.name}`}
      data-row={card.id}
      data-drop={takes ? card.id : undefined}
      data-over={(takes && over?.on === card.id) || undefined}
    >
      <section>
        <div className="row card__head">
          <h2>{card.name}</h2>
          {/^https:/.test(card.source.url) && (
            <a className="push meta" href={card.source.url} target="_blank" rel="noreferrer">
              Publisher’s card
            </a>
          )}
        </div>
        <p className="card__text">{card.summary}</p>
      </section>
      {here && <Here model={model} onDelete={onDelete} />}
      {takes && <InstallSection model={model} />}
      {here && card.embedding && (own || card.install?.files.some(({ role }) => role === 'head')) && (
        <ReadyMade card={card} />
      )}
      <Facts card={card} />
      <Points title="Not for" items={card.notFor} />
      <Points title="Limits" items={card.limits} />
    </aside>
  );
}

/** How it runs here, and what was kept for it. */
function Here({ model, onDelete }: Pick<DetailProps, 'model' | 'onDelete'>) {
  const bench = useBench();
  const { jobs } = useStore(bench.installs.store);
  const { card, installed, activity, bytes: size, error } = model;
  const job = jobs.get(card.id);
  const failed = job?.doing === 'install' ? undefined : job?.error;
  const opened = activity?.opened;
  const busy = activity?.state === 'opening' || activity?.state === 'restarting';
  return (
    <>
      {(error ?? failed) && (
        <section>
          <ErrorNotice
            title={
              failed
                ? failedState(failed, job!, model).fact
                : isDamaged(model)
                  ? 'Damaged.'
                  : 'It could not be opened.'
            }
            reason={(failed ?? error)!.message}
            code={(failed ?? error)!.code}
            action={
              failed
                ? { label: 'Dismiss', onClick: () => bench.installs.dismiss(card.id) }
                : isDamaged(model)
                  ? undefined
                  : { label: 'Try again', onClick: () => void bench.reopen(card.id) }
            }
          />
        </section>
      )}
      <section>
        <div className="row">
          <h3>Check</h3>
          <span className="push">
            <Button
              size="small"
              variant="bare"
              disabled={busy}
              onClick={() => void bench.models.recheck(card.id)}
            >
              Check again
            </Button>
          </span>
        </div>
        <State state={readyState(model)} />
        {opened && (
          <p className="meta num">
            {opened.threads} {opened.threads === 1 ? 'thread' : 'threads'} · opened in{' '}
            {Math.round(opened.milliseconds)} ms
            {activity.restarts > 0 &&
              ` · restarted ${activity.restarts} ${activity.restarts === 1 ? 'time' : 'times'}`}
          </p>
        )}
        {opened && !window.crossOriginIsolated && (
          <p className="meta">
            1 thread, because this page was served without isolation headers. Scores are the same.
          </p>
        )}
      </section>
      <Runs model={model} />
      <section>
        <h3>{installed ? 'Installed' : 'Part of Winnow'}</h3>
        <Rows
          rows={
            installed
              ? [
                  ['Kept', bytes(installed.bytes)],
                  ['Precision', PRECISIONS[installed.precision]],
                  ['Backend', opened ? BACKENDS[opened.backend] : 'Chosen when it is opened'],
                  ['Installed', day(installed.at)],
                  ...(installed.origin ? [['Got from', originWords(installed.origin)] as const] : []),
                  [
                    installed.files.length === 1 ? 'From' : 'From files',
                    <Origin key="files" files={installed.files} />,
                  ],
                ]
              : [
                  ['Size', bytes(size)],
                  [
                    'Backend',
                    opened
                      ? `${BACKENDS[opened.backend]} ${PRECISIONS[opened.precision]}`
                      : 'Chosen when it is opened',
                  ],
                ]
          }
        />
        {installed && (
          <div className="row wrap">
            <Button size="small" icon="trash" onClick={onDelete}>
              Delete
            </Button>
          </div>
        )}
      </section>
    </>
  );
}

function Origin({ files }: { files: NonNullable<BenchModel['installed']>['files'] }) {
  return (
    <ul>
      {files.map((file) => (
        <li key={file.name}>
          {file.name}, {bytes(file.bytes)}
          {file.sha256 && (
            <>
              {', '}
              <code title={`SHA-256 ${file.sha256}`}>{shortHash(file.sha256)}</code>
            </>
          )}
          {file.verification && `, ${verifiedWords(file)}`}
          {file.revision && `, revision ${file.revision.slice(0, 8)}`}
        </li>
      ))}
    </ul>
  );
}

function originWords({ kind, url }: NonNullable<NonNullable<BenchModel['installed']>['origin']>): string {
  const host = url === undefined ? '' : `, ${hostOf(url)}`;
  return {
    files: 'Files of your own',
    hub: `The Hub${host}`,
    mirror: `A mirror${host}`,
    bundle: 'This site, prepared ahead',
  }[kind];
}

function hostOf(url: string): string {
  try {
    return new URL(url, location.href).host;
  } catch {
    return url;
  }
}

function Facts({ card }: { card: ModelCard }) {
  const { embedding } = card;
  const none = card.task === 'image' ? 'None: it reads pictures' : 'Not stated';
  const risks = card.scores.filter(({ risk }) => risk);
  return (
    <section>
      <h3>Facts</h3>
      <Rows
        rows={[
          ['Source', sourceOf(card)],
          ...(card.install?.files.length
            ? [['Files', card.install.files.map(({ path }) => path).join(', ')] as const]
            : []),
          ['Licence', card.licence],
          ['Languages', card.languages.join(', ') || none],
          ['Meant for', card.intendedUse],
          ...(embedding
            ? [
                [
                  'Embedding',
                  `${embedding.width} numbers${embedding.normalised ? ', of length 1' : ''}`,
                ] as const,
              ]
            : []),
          [
            'Thresholds',
            <ul key="lines">
              {risks.map(({ name, review, block }) => (
                <li key={name}>
                  {name}: review from {(review ?? block ?? 0.5).toFixed(2)}, block from{' '}
                  {(block ?? 0.5).toFixed(2)}
                </li>
              ))}
              <li>{card.thresholdNote}</li>
            </ul>,
          ],
        ]}
      />
    </section>
  );
}

function sourceOf({ id, source: { name, revision } }: ModelCard): string {
  if (isOwn({ id }) && name === OWN_SOURCE) return 'Files of your own';
  return `${name}, ${/^[0-9a-f]{40}$/.test(revision) ? `revision ${revision.slice(0, 8)}` : revision}`;
}

export function Rows({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Points({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="dots card__text">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  );
}
