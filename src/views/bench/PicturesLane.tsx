/** The Pictures lane: drop, pick or paste; hidden until held; judged one after the other. */
import { type RefObject, useMemo, useState } from 'react';
import type { Policy } from '../../core/policy';
import { laneVerdict } from '../../state/judging';
import type { Picture } from '../../state/picture';
import { useBench, useStore } from '../../state/use';
import { Button, DropZone, type FilmItem, FilmStrip, Notice, Veil, type VeilHandle } from '../../ui';
import { useFolders } from './folders';
import { Panel } from './Panel';
import { Say } from './Say';
import { samplePictures } from './scenes';
import { count } from './words';

/** For the file picker only; what a file is, its first bytes say. */
const ACCEPT = 'image/jpeg,image/png,image/webp,image/avif,image/gif,image/bmp';

export interface PicturesLaneProps {
  veil: RefObject<VeilHandle | null>;
  onEnforced(): void;
}

export function PicturesLane({ veil, onEnforced }: PicturesLaneProps) {
  const bench = useBench();
  const { items, selected } = useStore(bench.pictures.store);
  const { models, chosen } = useStore(bench.models.store);
  const { policy } = useStore(bench.thresholds.store);
  const lane = chosen.flatMap((id) => models.filter(({ card }) => card.id === id && card.task === 'image'));
  const ids = lane.map(({ card }) => card.id);
  const picture = items.find((item) => item.id === selected);
  const film = useFilm(items, ids, policy);
  const missing = (id: string) => picture !== undefined && picture.scores[id] === undefined;
  return (
    <section className="lane" data-of="pictures" aria-labelledby="lane-pictures">
      <div className="lane__in">
        <LaneHead items={items} picture={picture} />
        {picture && (
          <>
            <Current picture={picture} veil={veil} />
            <FilmStrip
              label="Pictures on the bench"
              items={film}
              selected={selected ?? null}
              onSelect={(id) => bench.pictures.select(id)}
              onRemove={(id) => bench.removePictures([id])}
            />
          </>
        )}
        <Intake empty={items.length === 0} items={items} onEnforced={onEnforced} />
      </div>
      <div className="lane__out">
        <Say
          subject={`Picture ${picture?.number ?? ''}`}
          answers={lane.map(({ card }) => ({ model: card.id, scores: picture?.scores[card.id] }))}
          pending={ids.some(missing)}
          idle={!picture}
          empty="Drop a picture, or use the samples. The verdict and its reason appear here."
        />
        <div className="models">
          {lane.map((model) => (
            <Panel
              key={model.card.id}
              model={model}
              scores={picture?.scores[model.card.id]}
              pending={missing(model.card.id) && picture?.state !== 'done'}
              onRetry={() =>
                model.error || !picture ? void bench.reopen(model.card.id) : bench.pictures.retry(picture.id)
              }
            />
          ))}
        </div>
        <p className="lane__limit meta">
          Image models do not detect child sexual abuse material, whatever they score.
        </p>
      </div>
    </section>
  );
}

function LaneHead({ items, picture }: { items: readonly Picture[]; picture: Picture | undefined }) {
  const bench = useBench();
  const at = picture ? items.indexOf(picture) + 1 : 0;
  return (
    <div className="lane__head">
      <h2 id="lane-pictures">Pictures</h2>
      {picture && (
        <span className="meta num lane__meta">
          <span>
            {count(at)} of {count(items.length)} ·{' '}
          </span>
          <bdi className="clip" title={picture.name}>
            {picture.name}
          </bdi>
          {picture.facts && (
            <span>
              {' · '}
              {count(picture.facts.width)} × {count(picture.facts.height)}
            </span>
          )}
        </span>
      )}
      {picture && (
        <span className="push row">
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="minus"
            aria-label="Remove this picture"
            onClick={() => bench.removePictures([picture.id])}
          />
          <Button
            size="small"
            variant="bare"
            icon="close"
            aria-label="Clear all pictures"
            onClick={() => bench.removePictures()}
          >
            Clear
          </Button>
        </span>
      )}
    </div>
  );
}

function Current({ picture, veil }: { picture: Picture; veil: RefObject<VeilHandle | null> }) {
  const bench = useBench();
  const { grey, pressOnce } = useStore(bench.settings.store);
  const { blurs } = useStore(bench.pictures.store);
  const reason = Object.values(picture.scores).find((scores) => scores.status !== 'scored')?.reason;
  return (
    <Veil
      ref={veil}
      name={`Picture ${picture.number}`}
      itemKey={picture.id}
      thumbnail={picture.thumbnail ?? null}
      state={picture.unreadable ? 'unreadable' : 'ready'}
      reason={picture.unreadable ? (reason ?? 'It cannot be shown.') : undefined}
      onReveal={() => bench.reveal(picture.id)}
      onShown={(milliseconds) => bench.exposure.add(milliseconds)}
      grey={grey}
      mode={pressOnce ? 'press' : 'hold'}
      hideSignal={blurs}
    />
  );
}

function Intake({
  empty,
  items,
  onEnforced,
}: {
  empty: boolean;
  items: readonly Picture[];
  onEnforced(): void;
}) {
  const bench = useBench();
  const split = useFolders();
  const [folders, setFolders] = useState<readonly string[]>([]);
  const done = items.filter((item) => item.state === 'done').length;
  const take = (given: readonly File[]) => {
    const { files, folders: ignored } = split(given);
    setFolders(ignored);
    if (files.length > 0) bench.pictures.add(files);
  };
  return (
    <>
      <DropZone
        prompt="Drop or paste pictures"
        accept={ACCEPT}
        onFiles={take}
        onEnforced={onEnforced}
        {...(items.length - done > 1
          ? { reading: { total: items.length, ready: done }, onStop: () => bench.stopPictures() }
          : {})}
        {...(empty ? { tall: TALL(() => void samplePictures().then(take)) } : {})}
      />
      {folders.length > 0 && (
        <Notice
          title={folders.length === 1 ? 'A folder was left out.' : `${folders.length} folders were left out.`}
          live="status"
          action={{ label: 'Dismiss', onClick: () => setFolders([]) }}
        >
          The bench takes files. Open the folder, select its pictures and drop those.
        </Notice>
      )}
    </>
  );
}

const TALL = (onSamples: () => void) => ({
  title: 'Drop or paste pictures',
  sentence:
    'JPEG, PNG, WebP, AVIF, GIF or BMP, several at once. They stay hidden and grey until you hold Space.',
  more: (
    <Button icon="plus" onClick={onSamples}>
      Use sample pictures
    </Button>
  ),
});

/** The strip's items. An item whose picture and verdict are unchanged keeps its identity. */
function useFilm(items: readonly Picture[], ids: readonly string[], policy: Policy): readonly FilmItem[] {
  const known = useMemo(() => new WeakMap<Picture, FilmItem>(), []);
  return items.map((picture) => {
    const answers = ids.map((model) => ({ model, scores: picture.scores[model] }));
    const verdict = laneVerdict(answers, policy)?.verdict ?? 'pending';
    const before = known.get(picture);
    if (before?.verdict === verdict) return before;
    const item: FilmItem = {
      id: picture.id,
      name: picture.name,
      thumbnail: picture.thumbnail ?? null,
      verdict,
    };
    known.set(picture, item);
    return item;
  });
}
