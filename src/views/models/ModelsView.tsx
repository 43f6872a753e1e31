/** Models: what is here, what can be, and how it gets here. A list, and the card of the chosen one beside it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BenchModel } from '../../state/models';
import { recognise } from '../../state/own-config';
import { headOnly, type PickedFile } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, FilePick, useFolderDrop } from '../../ui';
import { DeleteDialog } from './DeleteDialog';
import { Detail } from './Detail';
import { Lists } from './Lists';
import './detail.css';
import './install.css';
import './models.css';
import { type Asking, AskingContext } from './asking';
import { ClearDialog } from './ClearDialog';
import { OwnDialog, type OwnDraft } from './OwnDialog';
import { RunsDialog } from './RunsExport';
import { StorageSection } from './StorageSection';
import { useKeptFocus } from './useKeptFocus';

const EMPTY: OwnDraft = { from: 'files', files: [] };

export interface ModelsViewProps {
  /** The model that the address asks for. */
  item?: string | undefined;
}

/** What to do first there: a field that is empty, or the button that goes on. */
function firstOf(install: HTMLElement): HTMLElement | null {
  return (
    [...install.querySelectorAll<HTMLInputElement>('.field')].find(({ value }) => value === '') ??
    install.querySelector<HTMLElement>('.btn--main') ??
    install.querySelector('button')
  );
}

export function ModelsView({ item }: ModelsViewProps) {
  const bench = useBench();
  const { models, status } = useStore(bench.models.store);
  const elsewhere = useStore(bench.tabs.elsewhere);
  const [chosen, setChosen] = useState(item);
  useEffect(() => setChosen((before) => item ?? before), [item]);
  const [own, setOwn] = useState<OwnDraft>();
  const [deleting, setDeleting] = useState<string>();
  const [clearing, setClearing] = useState(false);
  const [exporting, setExporting] = useState(false);
  const { jobs } = useStore(bench.installs.store);
  // A model of one's own is in no list until it is here.
  const strangers = new Map([...elsewhere.values(), ...jobs.values()].map(({ card }) => [card.id, card]));
  for (const { card } of models) strangers.delete(card.id);
  const all: readonly BenchModel[] = [
    ...models,
    ...[...strangers.values()].map((card) => ({ card, state: 'available' as const, bytes: 0 })),
  ];
  const model = all.find(({ card }) => card.id === chosen) ?? all[0];
  /** As they were filled in, for those that turn out to need correcting. */
  const drafts = useRef(new Map<string, OwnDraft>());
  const kept = useKeptFocus();

  /** Files for a card that was named, or for whichever card asks for such files; otherwise for one to fill in. */
  const take = useCallback(
    async (files: readonly PickedFile[], on?: string) => {
      const { models: known } = bench.models.store.get();
      const open = known.filter((one) => one.state === 'available' || headOnly(one));
      const cards = open.map(({ card }) => card);
      const card = cards.find(({ id }) => id === on) ?? (await recognise(cards, files));
      if (!card) return setOwn({ from: 'files', files });
      setChosen(card.id);
      const model = bench.models.get(card.id);
      if (model && bench.sources.give(model, files)) return;
      if (model) bench.sources.choose(model, 'files');
      bench.installs.give(card, files);
    },
    [bench],
  );
  const over = useFolderDrop((files, on) => void take(files, on));

  const choose = (id: string, go?: 'card' | 'install') => {
    setChosen(id);
    // Stacked, the card lies below the list: whoever chose a model is taken there.
    const stacked = window.matchMedia('(max-width: 1023px)').matches;
    if (go === 'install' || (go === 'card' && stacked))
      requestAnimationFrame(() => {
        const install = go === 'install' && document.getElementById('model-install');
        (install ? firstOf(install) : document.getElementById('model-card'))?.focus();
        if (stacked) (install || document.getElementById('model-card'))?.scrollIntoView({ block: 'start' });
      });
  };

  const asking: Asking = { onDelete: setDeleting };
  return (
    <AskingContext value={asking}>
      <div ref={kept}>
        <div className="head">
          <h1>Models</h1>
          <span className="soft sub">Prepared in this browser from the files their authors published.</span>
          <span className="row wrap push">
            <a className="link link--own" href="#/speed">
              Speed of this machine
            </a>
            <FilePick
              size="small"
              icon="file"
              label="Open files of a model"
              onFiles={(files) => void take(files)}
            >
              Open files
            </FilePick>
            <FilePick
              size="small"
              icon="folder"
              folder
              label="Open folder of a model"
              onFiles={(files) => void take(files)}
            >
              Open folder
            </FilePick>
            <Button size="small" variant="main" icon="plus" onClick={() => setOwn({ ...EMPTY, from: 'hub' })}>
              Add from the Hub
            </Button>
          </span>
        </div>
        <StorageSection onClear={() => setClearing(true)} onExport={() => setExporting(true)} />
        {status === 'loading' && <p className="meta">Reading the list.</p>}
        <div className="shelf" data-over={over !== null || undefined}>
          <Lists
            models={all}
            selected={model?.card.id}
            over={over}
            onChoose={choose}
            onDelete={setDeleting}
            onOwn={(id = '') => setOwn({ ...(drafts.current.get(id) ?? EMPTY), id })}
          />
          {model && (
            <Detail
              key={model.card.id}
              model={model}
              over={over}
              onDelete={() => setDeleting(model.card.id)}
            />
          )}
        </div>
        <OwnDialog
          draft={own}
          onClose={() => setOwn(undefined)}
          onStarted={(id, draft) => {
            drafts.current.set(id, draft);
            setChosen(id);
          }}
          onCard={(files, id) => void take(files, id)}
        />
        <RunsDialog open={exporting} onClose={() => setExporting(false)} />
        <ClearDialog open={clearing} onClose={() => setClearing(false)} />
        <DeleteDialog id={deleting} onClose={() => setDeleting(undefined)} />
      </div>
    </AskingContext>
  );
}
