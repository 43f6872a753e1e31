/** Before there is a run: where to drop, what will judge, and what was begun before. */
import { useRef, useState } from 'react';
import type { RunInfo } from '../../core/triage/types';
import { useBench, useStore } from '../../state/use';
import { Button, DropZone } from '../../ui';
import { count } from '../bench/words';
import { FolderButton } from './FolderButton';
import { KeptNote } from './KeptNote';
import { NotOpened, OtherVersion } from './RunTrouble';
import type { TriageViewProps } from './TriageView';

export function EmptyView({ onEnforced, onModels }: TriageViewProps) {
  const { triage, models } = useBench();
  const { phase, earlier, otherVersion, dropped } = useStore(triage.store);
  const { models: all, chosen } = useStore(models.store);
  const names = chosen.flatMap((id) => all.filter(({ card }) => card.id === id).map(({ card }) => card.name));
  return (
    <div className="begin">
      <div className="head">
        <h1>Triage</h1>
      </div>
      <NotOpened />
      {otherVersion && <OtherVersion />}
      <h2 className="sr">New run</h2>
      <DropZone
        prompt="Drop a folder, a zip or a table of prompts"
        onFiles={(files) => void triage.add(files)}
        onDrop={(data) => void triage.add(data)}
        onEnforced={onEnforced}
        {...(dropped === undefined ? {} : { reading: { total: dropped, ready: 0 } })}
        onStop={() => triage.stop()}
        tall={{
          title: 'Drop a folder, a zip or a table of prompts',
          sentence:
            'Thousands of pictures, or a CSV, TSV or JSON Lines file of texts. Nothing is copied: they stay where they are, hidden and grey until you hold Space.',
          more: <FolderButton onPicked={(input) => void triage.add(input)} />,
        }}
      />
      {phase === 'starting' && dropped === undefined && <p role="status">Opening the run.</p>}
      <p className="begin__models">
        {names.length > 0 ? `Judged by ${list(names)}.` : 'No model is chosen.'}{' '}
        <button type="button" className="link" onClick={onModels}>
          Choose models
        </button>
      </p>
      <Earlier runs={earlier} />
    </div>
  );
}

function Earlier({ runs }: { runs: readonly RunInfo[] }) {
  return (
    <section className="begin__earlier" aria-label="Earlier runs">
      <div className="row">
        <h2>Earlier runs</h2>
        <span className="push">
          <ImportButton />
        </span>
      </div>
      {runs.length === 0 && (
        <p className="meta">None in this browser. Decisions are kept here, files are not.</p>
      )}
      <KeptNote />
      <ul>
        {runs.map((info) => (
          <Begun key={info.id} info={info} />
        ))}
      </ul>
    </section>
  );
}

function Begun({ info: { id, now, items, tail, at } }: { info: RunInfo }) {
  const { triage } = useBench();
  const [asking, setAsking] = useState(false);
  return (
    <li className="begun">
      <div className="begun__name">
        <h3 className="clip">{now.name}</h3>
        <p className="meta num">
          {count(items)} {items === 1 ? 'item' : 'items'} · {count(tail.seq)}{' '}
          {tail.seq === 1 ? 'record' : 'records'} · <time dateTime={at}>{when(at)}</time>
        </p>
      </div>
      {asking ? (
        <>
          <span className="meta">Its decisions go, too. This cannot be undone.</span>
          <Button size="small" onClick={() => void triage.remove(id)}>
            Delete it
          </Button>
          <Button size="small" variant="bare" onClick={() => setAsking(false)}>
            Keep it
          </Button>
        </>
      ) : (
        <>
          <Button size="small" aria-label={`Go on with ${now.name}`} onClick={() => void triage.open(id)}>
            Go on
          </Button>
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="trash"
            aria-label={`Delete ${now.name}`}
            onClick={() => setAsking(true)}
          />
        </>
      )}
    </li>
  );
}

function ImportButton() {
  const { triage } = useBench();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button size="small" variant="bare" icon="file" onClick={() => input.current?.click()}>
        Open a run file
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".jsonl"
        aria-label="Run file"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) void triage.import(file);
        }}
      />
    </>
  );
}

const when = (at: string): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
