/** The address bar and the state, in step: the screen, and the thresholds when they are not the cards' own. */
import { useEffect, useState } from 'react';
import { formatAddress, type Place, parseAddress } from '../../state/address';
import type { Bench } from '../../state/bench';

/** Chromium lets a page rewrite its address some 200 times in 30 s; a drag would use that up. */
const PAUSE = 400;

/**
 * The address as this page last read or wrote it. Where it is another one, somebody has changed it and the page will hear of
 * it in a moment: whatever was about to be written is out of date, and would take their change away.
 */
let known: string | undefined;

const replace = (hash: string): void => {
  history.replaceState(null, '', hash);
  known = location.hash;
};

export interface Shown {
  readonly place: Place;
  /** A model that the address names on the Models screen. */
  readonly item?: string | undefined;
  /** How a run is looked at, as the address has it. */
  readonly view?: string | undefined;
}

export function useAddress(bench: Bench): Shown {
  const [{ place, item, view }, setShown] = useState<Shown>(() => {
    known = location.hash;
    return parseAddress(known);
  });
  useEffect(() => {
    const read = () => {
      known = location.hash;
      const address = parseAddress(known);
      setShown({ place: address.place, item: address.item, view: address.view });
      if (address.thresholds !== undefined) bench.thresholds.follow(address.thresholds);
    };
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, [bench]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      // Before the cards are read there is nothing to say, and the link must not be lost.
      if (bench.models.store.get().status !== 'ready' || location.hash !== known) return;
      const thresholds = bench.thresholds.shared();
      const hash = formatAddress({
        place,
        ...(item === undefined ? {} : { item }),
        ...(view === undefined ? {} : { view }),
        ...(place === 'bench' && thresholds !== undefined ? { thresholds } : {}),
      });
      if (hash !== location.hash && (location.hash !== '' || thresholds !== undefined)) replace(hash);
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
  }, [bench, place, item, view]);
  return { place, item, view };
}

/**
 * Goes to another place in the page, unless somebody is going to one already, and without a step back to where it was. Not
 * `location.replace`, which could leave the page: no policy stops that, so no script of the build contains it.
 */
export function replaceAddress(hash: `#/${string}`): void {
  if (location.hash !== known) return;
  replace(hash);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
