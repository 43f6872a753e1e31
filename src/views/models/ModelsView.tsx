/** Models: what is here, what can be, and how it gets here. A list, and the card of the chosen one beside it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BenchModel } from '../../state/models';
import type { OwnForm } from '../../state/own-card';
import { recognise } from '../../state/own-config';
import { headOnly, type PickedFile } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { FilePick, useFolderDrop } from '../../ui';
import { DeleteDialog } from './DeleteDialog';
import { Detail } from './Detail';
import { Lists } from './Lists';
import './detail.css';
import './models.css';
import { OwnDialog, type OwnDraft } from './OwnDialog';
import { StorageLine } from './StorageLine';
import { useKeptFocus } from './useKeptFocus';

export interface ModelsViewProps {
  /** The model that the address asks for. */
  item?: string | undefined;
}

export function ModelsView({ item }: ModelsViewProps) {
  const bench = useBench();
  const { models, status } = useStore(bench.models.store);
  const [chosen, setChosen] = useState(item);
  useEffect(() => setChosen((before) => item ?? before), [item]);
  const [own, setOwn] = useState<OwnDraft>();
  const [deleting, setDeleting] = useState<string>();
  const { jobs } = useStore(bench.installs.store);
  // A model of one's own is in no list until it is here.
  const strangers = [...jobs.values()].filter((job) => !models.some(({ card }) => card.id === job.card.id));
  const all: readonly BenchModel[] = [
    ...models,
    ...strangers.map(({ card }) => ({ card, state: 'available' as const, bytes: 0 })),
  ];
  const model = all.find(({ card }) => card.id === chosen) ?? all[0];
  /** As they were filled in, for those that turn out to need correcting. */
  const forms = useRef(new Map<string, OwnForm>());
  const kept = useKeptFocus();

  /** Files for a card that was named, or for whichever card asks for such files; otherwise for one to fill in. */
  const take = useCallback(
    async (files: readonly PickedFile[], on?: string) => {
      const { models: known } = bench.models.store.get();
      const open = known.filter((one) => one.state === 'available' || headOnly(one));
      const cards = open.map(({ card }) => card);
      const card = cards.find(({ id }) => id === on) ?? (await recognise(cards, files));
      if (!card) return setOwn({ files });
      setChosen(card.id);
      bench.installs.give(card, files);
    },
    [bench],
  );
  const over = useFolderDrop((files, on) => void take(files, on));

  const choose = (id: string, go?: 'card' | 'files') => {
    setChosen(id);
    // Stacked, the card lies below the list: whoever chose a model is taken there.
    const stacked = window.matchMedia('(max-width: 1023px)').matches;
    if (go === 'files' || (go === 'card' && stacked))
      requestAnimationFrame(() => {
        const files = go === 'files' && document.querySelector<HTMLElement>('#model-files button');
        (files || document.getElementById('model-card'))?.focus();
        if (stacked) document.getElementById('model-card')?.scrollIntoView({ block: 'start' });
      });
  };

  return (
    <div ref={kept}>
      <div className="head">
        <h1>Models</h1>
        <span className="soft sub">Prepared in this browser from the files their authors published.</span>
        <span className="row wrap push">
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
            variant="main"
            icon="folder"
            folder
            label="Open folder of a model"
            onFiles={(files) => void take(files)}
          >
            Open folder
          </FilePick>
        </span>
      </div>
      <StorageLine />
      {status === 'loading' && <p className="meta">Reading the list.</p>}
      <div className="shelf" data-over={over !== null || undefined}>
        <Lists
          models={all}
          selected={model?.card.id}
          over={over}
          onChoose={choose}
          onDelete={setDeleting}
          onOwn={(id = '') => setOwn({ files: jobs.get(id)?.files ?? [], form: forms.current.get(id), id })}
        />
        {model && (
          <Detail key={model.card.id} model={model} over={over} onDelete={() => setDeleting(model.card.id)} />
        )}
      </div>
      <OwnDialog
        draft={own}
        onClose={() => setOwn(undefined)}
        onStarted={(id, form) => {
          forms.current.set(id, form);
          setChosen(id);
        }}
        onCard={(files, id) => void take(files, id)}
      />
      <DeleteDialog id={deleting} onClose={() => setDeleting(undefined)} />
    </div>
  );
}
