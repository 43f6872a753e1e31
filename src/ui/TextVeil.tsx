import type { Ref } from 'react';
import { useImperativeHandle } from 'react';
import { Icon } from './Icon';
import { Key } from './Key';
import { useVeil } from './useVeil';
import { Countdown, handlers } from './Veil';
import type { LookProps, VeilHandle } from './veilTypes';

/** A text for one look; there is nothing to free. */
export interface HeldText {
  readonly text: string;
  close(): void;
}

export interface TextVeilProps extends LookProps<HeldText> {
  /** "Text 12": the accessible name goes on with hidden or shown. */
  name: string;
  ref?: Ref<VeilHandle> | undefined;
}

/** A text that is in the page only while a key or finger is held. */
export function TextVeil(props: TextVeilProps) {
  const { name, mode = 'hold', clockSeconds = 20, ref } = props;
  const veil = useVeil(props);
  useImperativeHandle(ref, () => ({ press: veil.press, release: veil.release, hide: veil.hide }));
  const shown = veil.phase === 'shown';
  const held = mode === 'hold';
  const hidden = held ? 'Hidden. Hold to read' : 'Hidden. Press to read';
  const words = shown ? (held ? 'Let go to hide' : 'Press to hide') : hidden;
  return (
    <div className="textveil" data-phase={veil.phase}>
      <button
        type="button"
        className="textveil__hold"
        aria-label={`${name}, ${shown ? 'shown' : 'hidden'}. ${words}`}
        draggable={false}
        {...handlers(veil, mode)}
      >
        <Icon name={shown ? 'eye' : 'hidden'} />
        <span data-reserve={hidden}>{veil.phase === 'failed' ? 'Could not be read. Try again' : words}</span>
        <Key>Space</Key>
        {shown && <Countdown left={veil.left} of={clockSeconds} />}
      </button>
      {shown && (
        <p className="textveil__text" dir="auto" onContextMenu={(event) => event.preventDefault()}>
          {veil.picture()?.text}
        </p>
      )}
    </div>
  );
}
