import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLatest } from './hooks';
import type { LookProps } from './veilTypes';

/** `arming`: pressed, nothing shows yet. `opening`: held long enough, the picture is on its way. */
export type VeilPhase = 'hidden' | 'arming' | 'opening' | 'shown' | 'failed';

export interface VeilControls<T = ImageBitmap> {
  readonly phase: VeilPhase;
  /** Whole seconds until it hides by itself. */
  readonly left: number;
  press(): void;
  release(): void;
  hide(): void;
  /** The picture while it is shown; closed on hiding. */
  picture(): T | undefined;
  /** What empties the canvas; called inside `hide`, before React gets to it. */
  onWipe(wipe: () => void): () => void;
}

interface Look<T> {
  /** Counts up with every press and every hide: a picture that arrives for an older look is closed unseen. */
  number: number;
  phase: VeilPhase;
  timer: ReturnType<typeof setTimeout> | undefined;
  shownAt: number;
  bitmap: T | undefined;
  wipe: (() => void) | undefined;
}

/** The state machine of one veil. Every way out goes through `hide`, which is synchronous. */
export function useVeil<T extends { close(): void }>(props: LookProps<T>): VeilControls<T> {
  const {
    itemKey,
    hideSignal = 0,
    mode = 'hold',
    holdMilliseconds = 200,
    clockSeconds = 20,
    state = 'ready',
  } = props;
  const latest = useLatest(props);
  const ref = useRef<Look<T>>({
    number: 0,
    phase: 'hidden',
    timer: undefined,
    shownAt: 0,
    bitmap: undefined,
    wipe: undefined,
  });
  const look = ref.current;
  const [phase, setPhase] = useState<VeilPhase>('hidden');
  const [left, setLeft] = useState(clockSeconds);

  const go = (next: VeilPhase) => {
    look.phase = next;
    setPhase(next);
  };
  const hide = () => {
    look.number += 1;
    clearTimeout(look.timer);
    look.wipe?.();
    look.bitmap?.close();
    look.bitmap = undefined;
    if (look.phase === 'shown') latest.current.onShown?.(performance.now() - look.shownAt);
    if (look.phase !== 'hidden') go('hidden');
  };
  const open = async (number: number) => {
    go('opening');
    let bitmap: T;
    try {
      bitmap = await latest.current.onReveal();
    } catch {
      if (number === look.number) go('failed');
      return;
    }
    if (number !== look.number) return bitmap.close();
    look.bitmap = bitmap;
    look.shownAt = performance.now();
    setLeft(clockSeconds);
    go('shown');
  };
  const press = () => {
    if (mode === 'press' && (look.phase === 'shown' || look.phase === 'opening')) return hide();
    const idle = look.phase === 'hidden' || look.phase === 'failed';
    if (state !== 'ready' || !idle || document.visibilityState !== 'visible') return;
    look.number += 1;
    const { number } = look;
    go('arming');
    look.timer = setTimeout(() => void open(number), mode === 'press' ? 0 : holdMilliseconds);
  };
  const release = () => {
    if (mode === 'hold') hide();
  };

  const hideLatest = useLatest(hide);
  // Before paint: the next item must never inherit a sharp frame, not even for one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these four are the reasons to hide
  useLayoutEffect(() => () => hideLatest.current(), [itemKey, hideSignal, state, mode]);
  useHideWhenAway(hideLatest);
  useEffect(() => {
    if (phase !== 'shown') return;
    const end = setTimeout(() => hideLatest.current(), clockSeconds * 1000);
    const count = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => {
      clearTimeout(end);
      clearInterval(count);
    };
  }, [phase, clockSeconds, hideLatest]);

  const picture = useCallback(() => ref.current.bitmap, []);
  const onWipe = useCallback((wipe: () => void) => {
    ref.current.wipe = wipe;
    return () => {
      wipe();
      ref.current.wipe = undefined;
    };
  }, []);
  return { phase, left, press, release, hide, picture, onWipe };
}

function useHideWhenAway(hide: { readonly current: () => void }): void {
  useEffect(() => {
    const away = () => hide.current();
    window.addEventListener('blur', away);
    window.addEventListener('pagehide', away);
    document.addEventListener('visibilitychange', away);
    return () => {
      window.removeEventListener('blur', away);
      window.removeEventListener('pagehide', away);
      document.removeEventListener('visibilitychange', away);
    };
  }, [hide]);
}
