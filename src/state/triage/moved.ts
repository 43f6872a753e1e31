/** How much of a list would move if it were sorted again. */

/**
 * The fewest items that have to be taken out and put in elsewhere to get from one order to another: those outside a
 * longest run that both have in common. One that joins or leaves counts as one. O(n log n).
 */
export function movedBetween(shown: Uint32Array, fresh: Uint32Array, size: number): number {
  const place = new Int32Array(size).fill(-1);
  for (let at = 0; at < fresh.length; at++) place[fresh[at]!] = at;
  /** Smallest last place of a rising run of each length; Fredman, 1975. */
  const ends = new Int32Array(shown.length);
  let longest = 0;
  for (let at = 0; at < shown.length; at++) {
    const here = place[shown[at]!]!;
    if (here < 0) continue;
    let [low, high] = [0, longest];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < here) low = middle + 1;
      else high = middle;
    }
    ends[low] = here;
    if (low === longest) longest += 1;
  }
  return Math.max(shown.length, fresh.length) - longest;
}
