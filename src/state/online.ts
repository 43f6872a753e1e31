/** Whether the browser thinks it has a network. It may be wrong with "yes", hardly ever with "no". */
import { Store } from './store';

export interface Network {
  readonly online: () => boolean;
  /** Calls back when that may have changed; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
}

export class Online {
  readonly store: Store<boolean>;
  readonly dispose: () => void;

  constructor({ online, subscribe }: Network) {
    this.store = new Store(online());
    this.dispose = subscribe(() => this.store.set(online()));
  }
}

/** Where nobody can tell, it is tried. */
export const ALWAYS: Network = { online: () => true, subscribe: () => () => {} };

export function browserNetwork(): Network {
  return {
    online: () => navigator.onLine,
    subscribe: (listener) => {
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
  };
}
