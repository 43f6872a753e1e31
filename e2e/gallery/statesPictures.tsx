import { useMemo, useState } from 'react';
import { Button, FilmStrip, Veil, type VeilProps } from '../../src/ui';
import { drawPicture } from './pictures';
import type { GalleryState } from './states';

/** Shows what the tests count: looks, milliseconds, reveals asked for. */
export function OneVeil(props: Partial<VeilProps> & { picture?: number }) {
  const [item, setItem] = useState(props.picture ?? 0);
  const [signal, setSignal] = useState(0);
  const [looks, setLooks] = useState<number[]>([]);
  const [asked, setAsked] = useState(0);
  const [grey, setGrey] = useState(props.grey ?? true);
  const thumbnail = useMemo(() => drawPicture(item, 24, 18), [item]);
  return (
    <div className="stack">
      <div className="framed">
        <Veil
          name={`Picture ${item + 1}`}
          itemKey={String(item)}
          thumbnail={thumbnail}
          onReveal={async () => {
            setAsked((count) => count + 1);
            return drawPicture(item);
          }}
          onShown={(milliseconds) => setLooks((all) => [...all, milliseconds])}
          hideSignal={signal}
          {...props}
          grey={grey}
        />
      </div>
      <p className="row wrap">
        <Button size="small" onClick={() => setItem(item + 1)}>
          Next picture
        </Button>
        <Button size="small" onClick={() => setSignal(signal + 1)}>
          Blur all
        </Button>
        <Button size="small" pressed={grey} onClick={() => setGrey(!grey)}>
          Grey
        </Button>
        <output
          className="meta num"
          data-looks={looks.length}
          data-asked={asked}
          data-last={looks.at(-1) ?? 0}
        >
          {looks.length} looks
        </output>
      </p>
    </div>
  );
}

function Strip({ count }: { count: number }) {
  const items = useMemo(
    () =>
      Array.from({ length: count }, (_, index) => ({
        id: `picture ${index}`,
        name: `harbour-${index}.jpg`,
        thumbnail: drawPicture(index, 24, 18),
        verdict: (['review', 'clear', 'block', 'needs-review', 'pending'] as const)[index % 5]!,
      })),
    [count],
  );
  const [selected, setSelected] = useState<string | null>('picture 0');
  return <FilmStrip label="Pictures on the bench" items={items} selected={selected} onSelect={setSelected} />;
}

export const pictureStates: readonly GalleryState[] = [
  {
    name: 'veil-hidden',
    caption: 'Hidden, the only state before a score exists.',
    render: () => <OneVeil />,
  },
  {
    name: 'veil-colour',
    caption: 'Grey switched off: colour while held.',
    render: () => <OneVeil picture={1} grey={false} />,
  },
  {
    name: 'veil-press',
    caption: 'Press once: for people who cannot hold.',
    render: () => <OneVeil picture={3} mode="press" />,
  },
  {
    name: 'veil-no-thumbnail',
    caption: 'Before the thumbnail is there.',
    render: () => <OneVeil thumbnail={null} />,
  },
  {
    name: 'veil-failing',
    caption: 'The picture cannot be brought.',
    render: () => <OneVeil picture={4} onReveal={() => Promise.reject(new Error('gone'))} />,
  },
  {
    name: 'veil-released',
    caption: 'Marked as a concern: pixels dropped, no thumbnail.',
    render: () => <OneVeil state="released" />,
  },
  {
    name: 'veil-unreadable',
    caption: 'Could not be decoded.',
    render: () => (
      <OneVeil
        state="unreadable"
        reason="The decoder stopped after 10 s. Look at it yourself, or try a smaller copy."
      />
    ),
  },
  {
    name: 'film',
    caption: 'Six pictures under the veil, with their verdicts.',
    render: () => <Strip count={6} />,
  },
  { name: 'film-500', heavy: true, caption: 'Five hundred.', render: () => <Strip count={500} /> },
];
