/** Install from files on this machine: which are needed, where they are published, which are here. */
import type { CardFile, ModelCard } from '../../catalog/card';
import { type Picking, pickedFor } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, FilePick, Icon } from '../../ui';
import { bytes, count } from '../bench/words';
import { role } from './words';

export function FromFiles({ card }: { card: ModelCard }) {
  const { installs } = useBench();
  const { picked } = useStore(installs.store);
  const files = picked.get(card.id) ?? [];
  const picking = pickedFor(card, files);
  return (
    <>
      {card.install?.gated && (
        <p className="card__text">
          Its authors ask for an agreement first: agree on the publisher’s card, download the files there, and
          give them to Winnow here.
        </p>
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
        Or drop them here. It starts once all are there. A file is recognised by what is in it.
      </p>
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
