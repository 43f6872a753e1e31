/** The address bar and the state, in step: the screen, and the thresholds when they are not the cards' own. */
import { useEffect, useState } from 'react';
import { formatAddress, type Place, parseAddress } from '../../state/address';
import type { Bench } from '../../state/bench';

/** Chromium lets a page rewrite its address some 200 times in 30 s; a drag would use that up. */
const PAUSE = 400;

export interface Shown {
  readonly place: Place;
  /** A model that the address names on the Models screen. */
  readonly item?: string | undefined;
}

export function useAddress(bench: Bench): Shown {
  const [{ place, item }, setShown] = useState<Shown>(() => parseAddress(location.hash));
  useEffect(() => {
    const read = () => {
      const address = parseAddress(location.hash);
      setShown({ place: address.place, item: address.item });
      if (address.thresholds !== undefined) bench.thresholds.follow(address.thresholds);
    };
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, [bench]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      // Before the cards are read there is nothing to say, and the link must not be lost.
      if (bench.models.store.get().status !== 'ready') return;
      const thresholds = bench.thresholds.shared();
      const hash = formatAddress({
        place,
        ...(item === undefined ? {} : { item }),
        ...(place === 'bench' && thresholds !== undefined ? { thresholds } : {}),
      });
      if (hash !== location.hash && (location.hash !== '' || thresholds !== undefined))
        history.replaceState(null, '', hash);
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(write, PAUSE);
    };
    later();
    const unsubscribe = bench.thresholds.store.subscribe(later);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [bench, place, item]);
  return { place, item };
}
