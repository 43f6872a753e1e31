/** A model of one's own: its files, and the card somebody fills in because its authors gave none Winnow knows. */
import { type FormEvent, useEffect, useId, useState } from 'react';
import { NO_LABEL, type OwnErrors, type OwnForm, ownCard, startForm } from '../../state/own-card';
import { type Suggestion, suggest } from '../../state/own-config';
import { type PickedFile, readable } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, Dialog, FilePick, Icon } from '../../ui';
import { bytes, count } from '../bench/words';
import { OwnFields } from './OwnFields';
import './own.css';

export interface OwnDraft {
  readonly files: readonly PickedFile[];
  /** As it was filled in before; from the files otherwise. */
  readonly form?: OwnForm | undefined;
  /** Of the card that could not be installed. */
  readonly id?: string | undefined;
}

export interface OwnDialogProps {
  /** What to start from; open unless `undefined`. */
  draft: OwnDraft | undefined;
  onClose(): void;
  /** The id of the card that is being installed, and the form it was made of. */
  onStarted(id: string, form: OwnForm): void;
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
          onStarted={(card, form) => {
            onStarted(card, form);
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
  onStarted(id: string, form: OwnForm): void;
  onCard(files: readonly PickedFile[], id: string): void;
}

function OwnModel({ id, given, onStarted, onCard }: OwnModelProps) {
  const { installs, models: list } = useBench();
  const { models } = useStore(list.store);
  const [files, setFiles] = useState(() => readable(given.files));
  const [form, setForm] = useState<OwnForm>(() => given.form ?? startForm({ from: [] }, given.files));
  const [touched, setTouched] = useState(given.form !== undefined);
  const [found, setFound] = useState<Suggestion>({ from: [] });
  const [errors, setErrors] = useState<OwnErrors>({});
  useEffect(() => {
    let gone = false;
    void suggest(files).then((suggestion) => {
      if (gone) return;
      setFound(suggestion);
      // What somebody typed is worth more than what a file says.
      if (!touched) setForm(startForm(suggestion, files));
    });
    return () => {
      gone = true;
    };
  }, [files, touched]);

  const change = (next: OwnForm) => {
    setTouched(true);
    setForm(next);
    if (Object.keys(errors).length > 0) setErrors(check(next));
  };
  const check = (next: OwnForm): OwnErrors => {
    const result = ownCard(next, files, taken());
    return 'errors' in result ? result.errors : {};
  };
  const taken = () => [
    ...models.map(({ card }) => card.id),
    ...[...installs.store.get().jobs].flatMap(([id, job]) => (job.state === 'failed' ? [] : [id])),
  ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const result = ownCard(form, files, taken());
    if ('errors' in result) {
      setErrors(result.errors);
      const element = event.currentTarget;
      requestAnimationFrame(() =>
        element.querySelector<HTMLElement>('[aria-invalid="true"], [data-bad] button')?.focus(),
      );
      return;
    }
    if (given.id !== undefined) installs.dismiss(given.id);
    void installs.start(result.card, files);
    onStarted(result.card.id, form);
  };
  return (
    <form id={id} className="own" noValidate onSubmit={submit}>
      <Files
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
      {files.length > 0 && <Which onChoose={(card) => onCard(files, card)} />}
      <OwnFields
        form={form}
        errors={errors}
        onChange={change}
        onAdd={() => change({ ...form, labels: [...form.labels, NO_LABEL] })}
      />
    </form>
  );
}

interface FilesProps {
  files: readonly PickedFile[];
  found: Suggestion;
  error: string | undefined;
  onFiles(files: readonly PickedFile[]): void;
  onDrop(path: string): void;
  onClear(): void;
}

function Files({ files, found, error, onFiles, onDrop, onClear }: FilesProps) {
  return (
    <section className="stack" data-bad={error !== undefined || undefined}>
      <h3>Files</h3>
      {files.length === 0 ? (
        <p className="card__text">
          Weights as safetensors with their config.json, or an ONNX file; for text also its tokenizer.json.
          Pickles (.bin, .pt) can run code and are not opened.
        </p>
      ) : (
        <ul className="needs needs--own">
          {files.slice(0, 8).map(({ path, file }) => (
            <li key={path} data-here="true">
              <Icon name="file" />
              <p>
                <code>{path}</code> <span className="num needs__size">{bytes(file.size)}</span>
              </p>
              <Button
                size="small"
                variant="bare"
                iconOnly
                icon="close"
                aria-label={`Leave out ${path}`}
                onClick={() => onDrop(path)}
              />
            </li>
          ))}
          {files.length > 8 && <li className="meta">and {count(files.length - 8)} more</li>}
        </ul>
      )}
      {found.from.length > 0 && (
        <p className="meta">
          Read from {found.from.join(', ')}
          {found.architecture && `: ${found.architecture}`}. Compare what is filled in below with the model’s
          own page.
        </p>
      )}
      <div className="row wrap">
        <FilePick size="small" icon="folder" folder label="Choose folder of your model" onFiles={onFiles}>
          Choose folder
        </FilePick>
        <FilePick size="small" icon="file" label="Choose files of your model" onFiles={onFiles}>
          Choose files
        </FilePick>
        {files.length > 0 && (
          <Button size="small" variant="bare" onClick={onClear}>
            Clear
          </Button>
        )}
      </div>
      {error && (
        <p className="fieldset__note fieldset__note--bad" role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

/** Files of a model in the list look like any other's when they were renamed: their card is better than a new one. */
function Which({ onChoose }: { onChoose(id: string): void }) {
  const { models: list } = useBench();
  const { models } = useStore(list.store);
  const open = models.filter(({ state }) => state === 'available');
  const id = useId();
  if (open.length === 0) return null;
  return (
    <div className="fieldset">
      <label className="fieldset__label" htmlFor={id}>
        These files are
      </label>
      <select
        id={id}
        className="field"
        value=""
        onChange={(event) => event.target.value !== '' && onChoose(event.target.value)}
      >
        <option value="">a model of my own</option>
        {open.map(({ card }) => (
          <option key={card.id} value={card.id}>
            those of {card.name}
          </option>
        ))}
      </select>
    </div>
  );
}
