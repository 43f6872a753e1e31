/** What is kept, per model, what the browser says of its room, and whether it will keep it. */
import { type CSSProperties, useEffect } from 'react';
import type { KeptDownload } from '../../sdk/types';
import { decided } from '../../state/kept-runs';
import type { BenchModel } from '../../state/models';
import { answerWords, type RoomView } from '../../state/room';
import { useBench, useStore } from '../../state/use';
import { Button, Icon } from '../../ui';
import { bytes } from '../bench/words';

export interface StorageSectionProps {
  onClear(): void;
  /** Of runs of triage. */
  onExport(): void;
}

export function StorageSection({ onClear, onExport }: StorageSectionProps) {
  const bench = useBench();
  useEffect(() => void bench.runs.refresh(), [bench]);
  const { models, status } = useStore(bench.models.store);
  const view = useStore(bench.room.store);
  const { jobs } = useStore(bench.installs.store);
  const elsewhere = useStore(bench.tabs.elsewhere);
  if (status === 'loading') return <div className="store" />;
  const busy = [...jobs.values()].some(({ state }) => state !== 'failed') || elsewhere.size > 0;
  const parts = partsOf(models, view.room?.kept ?? []);
  const unfinished = parts.filter(({ part }) => part);
  return (
    <section className="store" aria-label="Storage">
      <div className="row wrap num">
        <p className="store__sum">
          <b>{sumWords(parts)}</b> <span className="meta">{roomWords(view, bench.keeper.denied)}</span>
        </p>
        <span className="row wrap push">
          {unfinished.length > 0 && !busy && (
            <Button size="small" variant="bare" onClick={() => void bench.discardDownloads()}>
              Discard unfinished downloads
            </Button>
          )}
          <Button size="small" variant="bare" icon="trash" onClick={onClear}>
            Clear everything
          </Button>
        </span>
      </div>
      {parts.length > 0 && (
        <>
          <div className="store__bar" aria-hidden="true">
            {parts.map(({ key, size, part }) => (
              <i key={key} data-part={part || undefined} style={{ '--v': size } as CSSProperties} />
            ))}
          </div>
          <ul className="store__key num">
            {parts.map(({ key, name, size, part }) => (
              <li key={key}>
                <i aria-hidden="true" data-part={part || undefined} />
                {name} {bytes(size)}
                {part && ' so far'}
              </li>
            ))}
          </ul>
        </>
      )}
      <Persistence view={view} models={parts.length - unfinished.length} onExport={onExport} />
    </section>
  );
}

interface Part {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** Not a model yet. */
  readonly part: boolean;
}

function partsOf(models: readonly BenchModel[], kept: readonly KeptDownload[]): readonly Part[] {
  const names = new Map(models.map(({ card }) => [card.id, card.name]));
  const downloads = new Map<string, Part>();
  for (const { model, repo, kept: here } of kept) {
    const key = `part ${model ?? repo}`;
    const before = downloads.get(key)?.size ?? 0;
    downloads.set(key, { key, name: names.get(model ?? '') ?? repo, size: before + here, part: true });
  }
  const installed = models
    .filter(({ installed: record }) => record)
    .map(({ card, bytes: size }) => ({ key: card.id, name: card.name, size, part: false }));
  return [...installed, ...downloads.values()].filter(({ size }) => size > 0).sort((a, b) => b.size - a.size);
}

function sumWords(parts: readonly Part[]): string {
  const sum = parts.reduce((total, { size }) => total + size, 0);
  return sum === 0 ? 'No installed model yet' : `${bytes(sum)} kept`;
}

/** S03: an estimate is called one, and promises nothing. */
function roomWords({ room, error }: RoomView, denied: boolean): string {
  if (denied) return 'This browser keeps nothing for this page, so no model can be installed here.';
  if (error) return error.message;
  if (!room || room.quota === 0) return 'The browser does not say how much room it has.';
  return `The browser reports about ${rough(Math.max(0, room.quota - room.usage))} more. It may allow less.`;
}

interface PersistenceProps {
  view: RoomView;
  models: number;
  onExport(): void;
}

/** S15: what the browser may delete, and what helps: asking it not to, and an export of what nobody can fetch again. */
function Persistence({ view: { room, answer }, models, onExport }: PersistenceProps) {
  const bench = useBench();
  const { runs } = useStore(bench.runs.store);
  const judged = decided(runs).length;
  const what = [models > 0 && 'models', judged > 0 && 'runs of triage'].filter(Boolean).join(' and ');
  if (!room || what === '') return null;
  if (room.persisted)
    return (
      <p className="store__note meta">
        <Icon name="check" />
        {answerWords('granted', what)}
      </p>
    );
  return (
    <p className="store__note meta" role={answer && 'status'}>
      <Icon name="info" />
      <span>
        {answer && answer !== 'granted'
          ? answerWords(answer, what)
          : `The browser may delete ${what} when it runs short of room.`}
        {answer === 'denied' && ' It may agree later, for instance once this page is bookmarked.'}
        {answer !== 'unknown' && (
          <>
            {' '}
            <button type="button" className="link link--own" onClick={() => void bench.room.persist(what)}>
              {answer === 'denied' ? 'Ask again' : 'Ask it to keep them'}
            </button>
          </>
        )}
        {judged > 0 && (
          <>
            {' '}
            <button type="button" className="link link--own" onClick={onExport}>
              Export runs
            </button>
          </>
        )}
      </span>
    </p>
  );
}

/** Two digits: it is an estimate. */
function rough(value: number): string {
  if (value < 1e9) return bytes(Number(value.toPrecision(2)));
  return `${Number((value / 1e9).toPrecision(2))} GB`;
}
