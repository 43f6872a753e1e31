/** What specs of downloads expect. */
import type { Ended } from './page';
import { expect, progressProblems } from './stage';

/** It came, is right, and its progress only ever went forward. */
export function expectWhole(ended: Ended, sha256: string): void {
  expect(ended.error).toBeUndefined();
  expect(ended.downloaded).toMatchObject({ verification: 'verified', sha256 });
  expect(progressProblems(ended)).toEqual([]);
  expect(ended.progress.at(-1)?.done).toBe(ended.downloaded?.bytes);
}
export const states = ({ progress }: Ended) => new Set(progress.map(({ state }) => state?.kind));
export const startsOf = (ranges: readonly { range?: string }[]) =>
  ranges.map(({ range }) => Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1]));
