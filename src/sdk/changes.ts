/** Tells other tabs that models were installed or removed, and hears it from them. */

const CHANNEL = 'winnow-models';

export interface Changes {
  tell(): void;
  close(): void;
}

/** In frames without BroadcastChannel other tabs learn of it when they are loaded again. */
export function listenForChanges(heard: () => void): Changes {
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = heard;
  } catch {
    // Denied or not there.
  }
  return {
    tell: () => channel?.postMessage('changed'),
    close: () => channel?.close(),
  };
}
