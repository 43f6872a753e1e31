/** A break is due, said between two items, and the quiet page of one that is taken. */
import { useEffect, useRef } from 'react';
import { blurAll } from '../../state/blur-all';
import { LOOKS } from '../../state/breaks';
import { useBench, useStore } from '../../state/use';
import { Button, EmptyState, Icon } from '../../ui';
import { count } from '../bench/words';

/** Says it once when it appears, and asks for it at each new item. */
export function useBreaks(selected: number | undefined): void {
  const { breaks, announcer } = useBench();
  const { note } = useStore(breaks.store);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another item is the moment to ask
  useEffect(() => breaks.between(), [selected, breaks]);
  useEffect(() => {
    if (note) announcer.say('A break is due. The list keeps its place.');
  }, [note, announcer]);
}

export function BreakNote() {
  const bench = useBench();
  const { breaks } = bench;
  const { note } = useStore(breaks.store);
  if (!note) return null;
  return (
    <section className="note breaknote" aria-label="Break">
      <Icon name="clock" />
      <p className="note__text">
        <b>
          {note.reveals >= LOOKS
            ? `You have revealed ${count(note.reveals)} pictures since your last break.`
            : `Pictures were in view for ${Math.round(note.seconds / 60)} minutes since your last break.`}
        </b>{' '}
        A pause is yours to take. The list keeps its place.
      </p>
      <span className="row">
        <Button
          size="small"
          icon="hidden"
          onClick={() => {
            blurAll(bench);
            breaks.rest();
          }}
        >
          Hide list
        </Button>
        <Button size="small" variant="bare" onClick={() => breaks.dismiss()}>
          Not now
        </Button>
      </span>
    </section>
  );
}

/** In place of the run while somebody takes a break. No pictures, no counts, no clock. */
export function Resting() {
  const { breaks } = useBench();
  const go = useRef<HTMLDivElement>(null);
  useEffect(() => go.current?.querySelector('button')?.focus(), []);
  return (
    <div className="resting" ref={go}>
      <EmptyState
        level="page"
        icon="clock"
        title="A break"
        sentence="Everything is hidden. The list keeps its place, and what is being judged goes on."
        actions={
          <Button variant="main" onClick={() => breaks.goOn()}>
            Go on
          </Button>
        }
      />
    </div>
  );
}
