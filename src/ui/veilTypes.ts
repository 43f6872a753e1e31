import type { Ref } from 'react';

/** For the view's global key handler: Space anywhere on the screen drives the current picture. */
export interface VeilHandle {
  /** The key went down. Call it for the first keydown only; a repeat must not start a hold. */
  press(): void;
  /** The key went up, whatever came between. */
  release(): void;
  hide(): void;
}

/** One look at something, whatever it is: how long, and what ends it. */
export interface LookProps<T> {
  /** Identity of the item. A change hides at once. */
  itemKey: string;
  /** `released`: marked as a concern, no picture comes back. `unreadable`: could not be decoded. */
  state?: 'ready' | 'released' | 'unreadable' | undefined;
  /** Called when a hold starts. The veil owns what it resolves to and closes it. */
  onReveal(): Promise<T>;
  /** Once after each look: how long it was on screen, in milliseconds. */
  onShown?: ((milliseconds: number) => void) | undefined;
  /** `press`: for people who cannot hold; press shows, press hides, same clock. */
  mode?: 'hold' | 'press' | undefined;
  /** How long a press must last before anything shows, in milliseconds: a slip shows nothing. */
  holdMilliseconds?: number | undefined;
  /** Hides by itself after this many seconds. */
  clockSeconds?: number | undefined;
  /** Any change hides: the shell's "Blur all" counts it up. */
  hideSignal?: number | undefined;
}

export interface VeilProps extends LookProps<ImageBitmap> {
  /** "Picture 12": the accessible name goes on with hidden or shown. */
  name: string;
  /** Small and stays the caller's; drawn to at most 24 px, then blurred, greyed and dimmed. */
  thumbnail: ImageBitmap | null;
  /** Why it cannot be shown; for `unreadable`. */
  reason?: string | undefined;
  /** Grey while shown; on unless the person chose colour. */
  grey?: boolean | undefined;
  ref?: Ref<VeilHandle> | undefined;
}
