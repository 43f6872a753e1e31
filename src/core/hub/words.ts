/** What a download is doing when its bytes do not simply come, in words for the screen. */

/** `attempt` counts tries in a row that brought nothing. */
export type DownloadState =
  | { readonly kind: 'resuming'; readonly attempt: number; readonly of: number }
  | { readonly kind: 'waiting'; readonly seconds: number; readonly attempt: number; readonly of: number }
  /** There is no network; it goes on by itself when there is one. */
  | { readonly kind: 'offline' }
  | { readonly kind: 'verifying' }
  | { readonly kind: 'repairing' }
  /** Another tab downloads it; this one shows how far that is. */
  | { readonly kind: 'shared' };

export function stateWords(state: DownloadState): string {
  switch (state.kind) {
    case 'resuming':
      return `Connection lost – resuming (${state.attempt}/${state.of})`;
    case 'waiting':
      return `The server asks to wait – going on in ${state.seconds} s (${state.attempt}/${state.of})`;
    case 'offline':
      return 'You are offline – going on when the network is back';
    case 'verifying':
      return 'Checking what arrived';
    case 'repairing':
      return 'A part arrived damaged – getting it again';
    case 'shared':
      return 'Downloading in another tab';
  }
}
