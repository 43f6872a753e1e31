/** The page's coming and going, as far as the open run is concerned: left, put to sleep, restored. */
import type { Left } from './left';
import type { Screening } from './screening';

type Followed = Pick<Screening, 'run' | 'atRisk' | 'refresh'>;

/** What the browser tells of a page: `window`, where there is one. */
export type PageEvents = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

/** Follows `page` for whatever run `open` gives at that moment. Returns the way to stop. */
export function followPage(
  page: PageEvents,
  left: Pick<Left, 'say'>,
  open: () => Followed | undefined,
): () => void {
  const events: Readonly<Record<string, (event: Event) => void>> = {
    // T09: the browser's own question, and only where something would be lost.
    beforeunload: (event) => {
      if ((open()?.atRisk ?? 0) > 0) event.preventDefault();
    },
    // T10: what is under way now is no suspect of having taken the page down.
    pagehide: () => {
      const run = open()?.run.header.id;
      if (run !== undefined) left.say(run);
    },
    // T07: what other tabs did meanwhile was told to a page that stood still.
    pageshow: (event) => {
      if ((event as PageTransitionEvent).persisted) void open()?.refresh();
    },
  };
  for (const [name, heard] of Object.entries(events)) page.addEventListener(name, heard);
  return () => {
    for (const [name, heard] of Object.entries(events)) page.removeEventListener(name, heard);
  };
}
