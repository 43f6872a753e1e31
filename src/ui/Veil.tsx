import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import { Icon, type IconName } from './Icon';
import { Key } from './Key';
import { paintPicture, paintThumbnail, wipe } from './paint';
import { useVeil, type VeilControls, type VeilPhase } from './useVeil';
import type { VeilProps } from './veilTypes';

export type { VeilHandle, VeilProps } from './veilTypes';

/** A picture that shows itself only while a key or finger is held. One component for every screen. */
export function Veil(props: VeilProps) {
  const {
    name,
    thumbnail,
    state = 'ready',
    reason,
    grey = true,
    mode = 'hold',
    clockSeconds = 20,
    ref,
  } = props;
  const veil = useVeil(props);
  useImperativeHandle(ref, () => ({ press: veil.press, release: veil.release, hide: veil.hide }));
  if (state !== 'ready') return <FlatVeil name={name} state={state} reason={reason} />;
  const shown = veil.phase === 'shown';
  const note = noteFor(veil.phase, mode);
  return (
    <button
      type="button"
      className="veil"
      aria-label={`${name}, ${shown ? 'shown' : 'hidden'}. ${note.words}`}
      data-phase={veil.phase}
      data-grey={grey || undefined}
      draggable={false}
      {...handlers(veil, mode)}
    >
      <Thumbnail bitmap={thumbnail} />
      {shown && <Sharp veil={veil} />}
      <span className="veil__note">
        <Icon name={note.icon} />
        <span data-reserve={note.reserve}>{note.words}</span>
        {shown ? (
          <span className="veil__also" aria-hidden="true">
            <Key>G</Key> {grey ? 'colour' : 'grey'}
          </span>
        ) : (
          <Key>Space</Key>
        )}
      </span>
      {shown && <Countdown left={veil.left} of={clockSeconds} />}
    </button>
  );
}

function noteFor(
  phase: VeilPhase,
  mode: 'hold' | 'press',
): { icon: IconName; words: string; reserve: string } {
  const reserve = mode === 'hold' ? 'Hidden. Hold to reveal' : 'Hidden. Press to reveal';
  if (phase === 'shown')
    return { icon: 'eye', words: mode === 'hold' ? 'Let go to hide' : 'Press to hide', reserve };
  if (phase === 'failed') return { icon: 'warn', words: 'Could not be shown. Try again', reserve };
  return { icon: 'hidden', words: reserve, reserve };
}

/** Press, let go, leave. Space is taken here so that a view's own key handler does not act on it twice. */
export function handlers(veil: VeilControls<unknown>, mode: 'hold' | 'press') {
  const isKey = (event: KeyboardEvent) => event.key === ' ' || (mode === 'press' && event.key === 'Enter');
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0 || !event.isPrimary) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      veil.press();
    },
    onPointerUp: veil.release,
    onPointerCancel: veil.hide,
    onLostPointerCapture: veil.release,
    onBlur: veil.hide,
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (!isKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) veil.press();
    },
    onKeyUp(event: KeyboardEvent<HTMLElement>) {
      if (!isKey(event)) return;
      event.preventDefault();
      veil.release();
    },
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    onDragStart: (event: { preventDefault(): void }) => event.preventDefault(),
  };
}

/** The real picture, in the document only while it is shown. */
function Sharp({ veil }: { veil: VeilControls }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = ref.current;
    const bitmap = veil.picture();
    if (!canvas || !bitmap) return;
    paintPicture(canvas, bitmap);
    return veil.onWipe(() => wipe(canvas));
  }, [veil.picture, veil.onWipe]);
  return <canvas className="veil__sharp" ref={ref} />;
}

/** At most 24 px of picture, so that even with every filter off nothing can be made out. */
export function Thumbnail({ bitmap }: { bitmap: ImageBitmap | null }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    if (bitmap) paintThumbnail(canvas, bitmap);
    return () => wipe(canvas);
  }, [bitmap]);
  return <canvas className="veil__thumb" ref={ref} width={1} height={1} />;
}

export function Countdown({ left, of }: { left: number; of: number }) {
  return (
    <span className="veil__clock" aria-hidden="true">
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle className="veil__ring" cx="8" cy="8" r="6" />
        <circle
          className="veil__ring veil__ring--left"
          cx="8"
          cy="8"
          r="6"
          pathLength="1"
          style={{ '--v': left / of } as CSSProperties}
        />
      </svg>
      <span className="num">{left} s</span>
    </span>
  );
}

function FlatVeil({
  name,
  state,
  reason,
}: {
  name: string;
  state: 'released' | 'unreadable';
  reason: string | undefined;
}) {
  const words =
    state === 'released' ? 'Picture released. Needs specialist review.' : (reason ?? 'Could not be read.');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of words, not of fields
    <div
      className="veil veil--flat"
      data-state={state}
      role="group"
      aria-label={`${name}, ${state === 'released' ? 'released' : 'unreadable'}`}
    >
      <Icon name={state === 'released' ? 'hidden' : 'warn'} size={24} />
      <p>{words}</p>
    </div>
  );
}
