/** The only place where state meets React. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Bench } from './bench';
import type { Readable } from './store';

export function useStore<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

export const BenchContext = createContext<Bench | undefined>(undefined);

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (!bench) throw new Error('useBench needs a BenchContext above it.');
  return bench;
}
