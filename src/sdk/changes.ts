/** Tells other tabs that models were installed or removed, or everything was, and hears it from them. */
import { CHANGES, type Change, MODELS_CHANNEL } from '../rpc/changes';

export interface Changes {
  tell(change: Change): void;
  close(): void;
}

/** In frames without BroadcastChannel other tabs learn of it when they are loaded again. */
export function listenForChanges(heard: (change: Change) => void): Changes {
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(MODELS_CHANNEL);
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
