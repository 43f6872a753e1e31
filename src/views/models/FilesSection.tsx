/** Install from files: which are needed, where they are published, which are here, and how far it is. */
import type { CardFile, ModelCard } from '../../catalog/card';
import type { Precision } from '../../core/policy/types';
import { type Picking, pickedFor } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, FilePick, Icon, ProgressSteps } from '../../ui';
import { bytes, count } from '../bench/words';
import { installSteps } from './steps';
import { progressWords, role, variant } from './words';

export function FilesSection({ card }: { card: ModelCard }) {
  const { installs } = useBench();
  const { jobs, picked } = useStore(installs.store);
  const job = jobs.get(card.id);
  const files = picked.get(card.id) ?? [];
  const picking = pickedFor(card, files);
  if (job && job.state !== 'failed')
    return (
      <section>
        <h3>Being installed</h3>
        <ProgressSteps
          label={`Installing ${card.name}`}
          steps={installSteps(job)}
          text={progressWords(job)}
        />
        <p className="meta">
          Prepare rewrites the weights for this browser; Check runs the model on known inputs. It is kept only
          if both succeed. You can go on working.
        </p>
      </section>
    );
  return (
    <>
      <Variants card={card} />
      <section id="model-files">
        <h3>Install from files</h3>
        {card.install?.gated && (
          <p className="card__text">
            Its authors ask for an agreement first: accept it on the publisher’s card, download the files
            there, and give them to Winnow here.
          </p>
        )}
        {job?.error && (
          <ErrorNotice
            title="Not installed."
            reason={`${job.error.message} Nothing was kept.`}
            code={job.error.code}
            action={{ label: 'Dismiss', onClick: () => installs.dismiss(card.id) }}
          />
        )}
        <ul className="needs">
          {picking.wanted.map((each) => (
            <Need key={each.wanted.path} card={card} {...each} />
          ))}
        </ul>
        {files.length > 0 && <Waiting card={card} picking={picking} />}
        <div className="row wrap">
          <FilePick
            size="small"
            icon="folder"
            folder
            label={`Choose folder for ${card.name}`}
            onFiles={(given) => installs.give(card, given)}
          >
            Choose folder
          </FilePick>
          <FilePick
            size="small"
            icon="file"
            label={`Choose files for ${card.name}`}
            onFiles={(given) => installs.give(card, given)}
          >
            Choose files
          </FilePick>
        </div>
        <p className="meta">
          Or drop them here. It starts once all are there. A file is recognised by what is in it. Files on
          this machine are the only way in this version; they do not leave it.
        </p>
      </section>
    </>
  );
}

function Need({ card, wanted, picked }: { card: ModelCard } & Picking['wanted'][number]) {
  const from = wanted.from ?? card.source;
  return (
    <li data-here={picked !== undefined}>
      <Icon name={picked ? 'check' : 'file'} />
      <div>
        <p>
          <code>{wanted.path}</code>
          <span className="num needs__size">{size(wanted)}</span>
        </p>
        <p className="meta">
          {role(wanted)}
          {wanted.optional && (wanted.role === 'weights' ? ', to score pictures' : ', if there is one')}
          {/^https:/.test(from.url) && (
            <>
              , from{' '}
              <a href={from.url} target="_blank" rel="noreferrer">
                {from.name}
              </a>
            </>
          )}
          {picked && picked.path !== wanted.path && ` · ${picked.path}`}
        </p>
      </div>
    </li>
  );
}

function size({ bytes: known }: CardFile): string {
  return known === undefined ? '' : bytes(known);
}

/** Some files are here and some are not, or none has a name the card knows. */
function Waiting({ card, picking: { wanted, use, left, complete } }: { card: ModelCard; picking: Picking }) {
  const { installs } = useBench();
  const missing = wanted.filter(({ wanted: file, picked }) => !picked && (complete || !file.optional));
  const names = missing.map(({ wanted: { path } }) => path).join(', ');
  return (
    <div className="waiting">
      <p className="card__text">
        {count(use.length)} {use.length === 1 ? 'file' : 'files'} picked
        {left.length > 0 && `, ${count(left.length)} not needed`}.{' '}
        {complete
          ? `Without ${names} it scores ready-made embeddings only.`
          : `Not seen by name or size: ${names}. Add what is missing, or install if a file only has another name.`}
      </p>
      <ul className="meta">
        {use.slice(0, 6).map(({ path, file }) => (
          <li key={path}>
            {path}, {bytes(file.size)}
          </li>
        ))}
        {use.length > 6 && <li>and {count(use.length - 6)} more</li>}
      </ul>
      <div className="row wrap">
        <Button size="small" variant="main" onClick={() => void installs.start(card, use)}>
          Install with these
        </Button>
        <Button size="small" variant="bare" onClick={() => installs.drop(card.id)}>
          Clear
        </Button>
      </div>
    </div>
  );
}

/** What the backend of this version, WASM, can run. */
const RUNS: readonly Precision[] = ['exact', 'int8'];

/** Flavours, where the card says what each takes. */
function Variants({ card }: { card: ModelCard }) {
  const { installs } = useBench();
  const { precision } = useStore(installs.store);
  const all = Object.entries(card.install?.kept ?? {}) as [Precision, number][];
  const kept = all.filter(([name]) => RUNS.includes(name));
  if (!card.install || kept.length < 2) return null;
  const usual = card.install.precision.wasm;
  const chosen = precision.get(card.id) ?? usual;
  return (
    <section>
      <h3 id="variants">Variant, size when stored</h3>
      <fieldset className="options" aria-labelledby="variants">
        {kept.map(([name, size]) => (
          <label key={name}>
            <input
              type="radio"
              name="variant"
              checked={chosen === name}
              onChange={() => installs.prefer(card.id, name === usual ? undefined : name)}
            />
            <span>
              {variant(name).name}
              {name === usual && ' · default'}
            </span>
            <span className="num">{bytes(size)}</span>
            <small>{variant(name).note}</small>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
