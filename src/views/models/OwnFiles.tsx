/** The files of a model of one's own, on this machine. */
import { useId } from 'react';
import type { Suggestion } from '../../state/own-config';
import type { PickedFile } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, FilePick, Icon } from '../../ui';
import { bytes, count } from '../bench/words';

export interface FilesProps {
  files: readonly PickedFile[];
  found: Suggestion;
  error: string | undefined;
  onFiles(files: readonly PickedFile[]): void;
  onDrop(path: string): void;
  onClear(): void;
}

export function OwnFiles({ files, found, error, onFiles, onDrop, onClear }: FilesProps) {
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
export function Which({ onChoose }: { onChoose(id: string): void }) {
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
