/** Tells other tabs that models were installed or removed, or everything was, and hears it from them. */

const CHANNEL = 'winnow-models';

/** `clearing`: everything is about to be deleted, and whoever holds a part of it should let go, until it is `cleared`. */
export type Change = (typeof CHANGES)[number];
const CHANGES = ['changed', 'clearing', 'cleared'] as const;

export interface Changes {
  tell(change: Change): void;
  close(): void;
}

/** In frames without BroadcastChannel other tabs learn of it when they are loaded again. */
export function listenForChanges(heard: (change: Change) => void): Changes {
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<unknown>) =>
      heard(CHANGES.find((change) => change === data) ?? 'changed');
  } catch {
    // Denied or not there.
  }
  return {
    tell: (change) => channel?.postMessage(change),
    close: () => channel?.close(),
  };
}
