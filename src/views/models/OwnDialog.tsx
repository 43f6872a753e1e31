/** A model of one's own: its files, and the card somebody fills in because its authors gave none Winnow knows. */
import { type FormEvent, useEffect, useId, useState } from 'react';
import type { ModelCard } from '../../catalog/card';
import {
  NO_LABEL,
  type OwnErrors,
  type OwnForm,
  type OwnFiles as OwnFrom,
  ownCard,
  startForm,
} from '../../state/own-card';
import { type Suggestion, suggest } from '../../state/own-config';
import { type HubPick, hubFiles, smallFiles } from '../../state/own-hub';
import { type PickedFile, readable } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, Dialog } from '../../ui';
import { OwnFields } from './OwnFields';
import { OwnFiles, Which } from './OwnFiles';
import { OwnHub } from './OwnHub';
import './own.css';

export interface OwnDraft {
  readonly from: 'files' | 'hub';
  readonly files: readonly PickedFile[];
  readonly hub?: HubPick | undefined;
  /** As it was filled in before; from the files otherwise. */
  readonly form?: OwnForm | undefined;
  /** Of the card that could not be installed. */
  readonly id?: string | undefined;
}

export interface OwnDialogProps {
  /** What to start from; open unless `undefined`. */
  draft: OwnDraft | undefined;
  onClose(): void;
  /** The id of the card that is being installed, and what it was made of. */
  onStarted(id: string, draft: OwnDraft): void;
  /** The files are those of a card in the list. */
  onCard(files: readonly PickedFile[], id: string): void;
}

export function OwnDialog({ draft, onClose, onStarted, onCard }: OwnDialogProps) {
  const id = useId();
  return (
    <Dialog
      open={draft !== undefined}
      onClose={onClose}
      wide
      title="Your own model"
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="main" submit form={id}>
            Install
          </Button>
        </>
      }
    >
      {draft && (
        <OwnModel
          id={id}
          given={draft}
          onStarted={(card, made) => {
            onStarted(card, made);
            onClose();
          }}
          onCard={(chosen, card) => {
            onClose();
            onCard(chosen, card);
          }}
        />
      )}
    </Dialog>
  );
}

interface OwnModelProps {
  id: string;
  given: OwnDraft;
  onStarted(id: string, draft: OwnDraft): void;
  onCard(files: readonly PickedFile[], id: string): void;
}

function OwnModel({ id, given, onStarted, onCard }: OwnModelProps) {
  const bench = useBench();
  const { installs, models: list } = bench;
  const { models } = useStore(list.store);
  const [from, setFrom] = useState(given.from);
  const [files, setFiles] = useState(() => readable(given.files));
  const [hub, setHub] = useState(given.hub);
  const read = from === 'files' ? files : hub ? smallFiles(hub) : NONE;
  const { form, setForm, found, change } = useForm(given, read, hub?.found);
  const [errors, setErrors] = useState<OwnErrors>({});

  const taken = () => [
    ...models.map(({ card }) => card.id),
    ...[...installs.store.get().jobs].flatMap(([job, { state }]) => (state === 'failed' ? [] : [job])),
  ];
  const made = (next: OwnForm) => ownCard(next, from === 'files' ? files : published(hub), taken());
  const edit = (next: OwnForm) => {
    change(next);
    const result = made(next);
    if (Object.keys(errors).length > 0) setErrors('errors' in result ? result.errors : {});
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const result = made(form);
    if ('errors' in result) {
      setErrors(result.errors);
      const element = event.currentTarget;
      requestAnimationFrame(() =>
        element.querySelector<HTMLElement>('[aria-invalid="true"], [data-bad] button')?.focus(),
      );
      return;
    }
    if (given.id !== undefined) installs.dismiss(given.id);
    start(result.card);
    onStarted(result.card.id, { from, files, hub, form });
  };
  const start = (card: ModelCard) => {
    const { token } = bench.sources.store.get();
    if (from === 'files') void installs.start(card, files);
    else void installs.install(card, { kind: 'hub', ...(token !== '' && { token }) });
  };
  return (
    <form id={id} className="own" noValidate onSubmit={submit}>
      <From value={from} onChange={setFrom} />
      {from === 'hub' ? (
        <OwnHub pick={hub} error={errors.files} onPick={setHub} />
      ) : (
        <OwnFiles
          files={files}
          found={found}
          error={errors.files}
          onFiles={(more) =>
            setFiles((before) =>
              readable([...before.filter((old) => !more.some((one) => one.path === old.path)), ...more]),
            )
          }
          onDrop={(path) => setFiles((before) => before.filter((one) => one.path !== path))}
          onClear={() => setFiles([])}
        />
      )}
      {from === 'files' && files.length > 0 && <Which onChoose={(card) => onCard(files, card)} />}
      {(from === 'files' || hub) && (
        <OwnFields
          form={form}
          errors={errors}
          onChange={edit}
          onAdd={() => setForm({ ...form, labels: [...form.labels, NO_LABEL] })}
        />
      )}
    </form>
  );
}

const NONE: readonly PickedFile[] = [];

function published(hub: HubPick | undefined): OwnFrom {
  return {
    repo: hub?.found.repo ?? '',
    revision: hub?.found.revision ?? '',
    files: hub ? hubFiles(hub) : [],
  };
}

/** What is filled in: by the files until somebody types, which is worth more. */
function useForm(given: OwnDraft, files: readonly PickedFile[], source: object | undefined) {
  const [form, setForm] = useState<OwnForm>(() => given.form ?? startForm({ from: [] }, given.files));
  const [touched, setTouched] = useState(given.form !== undefined);
  const [found, setFound] = useState<Suggestion>({ from: [] });
  // The files of a repository are made anew by every drawing; which repository they are of is what counts.
  const key = source ?? files;
  // biome-ignore lint/correctness/useExhaustiveDependencies: as the line above says
  useEffect(() => {
    let gone = false;
    void suggest(files).then((suggestion) => {
      if (gone) return;
      setFound(suggestion);
      if (!touched) setForm(startForm(suggestion, files));
    });
    return () => {
      gone = true;
    };
  }, [key, touched]);
  const change = (next: OwnForm) => {
    setTouched(true);
    setForm(next);
  };
  return { form, setForm: change, found, change };
}

function From({ value, onChange }: { value: OwnDraft['from']; onChange(value: OwnDraft['from']): void }) {
  const name = useId();
  return (
    <fieldset className="seg" aria-label="Where it comes from">
      {(['files', 'hub'] as const).map((each) => (
        <label className="seg__item" key={each}>
          <input type="radio" name={name} checked={each === value} onChange={() => onChange(each)} />
          {each === 'files' ? 'Files on this machine' : 'The Hub'}
        </label>
      ))}
    </fieldset>
  );
}
