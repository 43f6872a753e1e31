import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';

/** True once `on` has been true for `milliseconds`; false the moment it is not. */
export function useDelayed(on: boolean, milliseconds: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [on, milliseconds]);
  return on && late;
}

/** The latest value, for listeners that outlive a render. */
export function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  useLayoutEffect(() => {
    ref.current = value;
  });
  return ref;
}

/** Too narrow, or too low, for a screen that scrolls in its parts: then the page does. As in `triage.css`. */
const NARROW = '(max-width: 767px), (max-height: 559px)';

/** Asked at each rendering, and dear to make. */
let query: MediaQueryList | undefined;
const narrow = (): MediaQueryList => {
  query ??= matchMedia(NARROW);
  return query;
};
const follow = (listener: () => void) => {
  narrow().addEventListener('change', listener);
  return () => narrow().removeEventListener('change', listener);
};

export function useNarrow(): boolean {
  return useSyncExternalStore(follow, () => narrow().matches);
}
