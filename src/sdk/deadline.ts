/** Waiting for something that may never come, by the time in which it could have come. */

/** Milliseconds that a timer may be late before it counts as the machine having slept. */
const SLEPT = 5_000;

/**
 * Calls `late` after so many milliseconds; after a sleep of the machine (T08), or a page that stood still, they begin anew, because
 * whoever is waited for slept, too. Returns the way to stop.
 */
export function deadlineOf(milliseconds: number, late: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    const since = Date.now();
    timer = setTimeout(() => {
      if (Date.now() - since > milliseconds + SLEPT) wait();
      else late();
    }, milliseconds);
  };
  wait();
  return () => clearTimeout(timer);
}
