/** What is read for the screen before anybody asks for it. */
import type { Acts } from './acts';
import type { Likenesses } from './likeness';
import type { List } from './list';
import type { Looks } from './looks';

/** Alike ones of which the review shows thumbnails. */
const BESIDE = 24;

export interface AheadOptions {
  readonly list: List;
  readonly looks: Looks;
  readonly likenesses: Likenesses;
  readonly acts: Acts;
}

/** Thumbnails of what is on the screen, the selected item's and its neighbours' first; and the next item as a whole. */
export function lookAhead({ list, looks, likenesses, acts }: AheadOptions, from: number, to: number): void {
  const { selected } = list;
  const beside = selected === undefined ? [] : likenesses.of(selected).slice(0, BESIDE);
  looks.want([...list.ahead(3), ...beside, ...list.shown.subarray(from, to + 1)]);
  const next = selected === undefined ? undefined : acts.upcoming();
  looks.prepare([selected, next].filter((one) => one !== undefined));
}
