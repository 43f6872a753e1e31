/** Tells other tabs that models were installed or removed, or everything was, and hears it from them. */
import { type Change, MODELS_CHANNEL, parseChange, type Removing } from '../rpc/changes';

export interface Changes {
  tell(change: Change | Removing): void;
  close(): void;
}

/** In frames without BroadcastChannel other tabs learn of it when they are loaded again. */
export function listenForChanges(heard: (change: Change | Removing) => void): Changes {
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(MODELS_CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => heard(parseChange(data));
  } catch {
    // Denied or not there.
  }
  return {
    tell: (change) => channel?.postMessage(change),
    close: () => channel?.close(),
  };
}
