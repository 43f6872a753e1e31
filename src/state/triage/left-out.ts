/** Files that came along with a folder or an archive and are no items, in words. */
import type { SkippedCount } from '../../sdk/input-types';
import { count } from './progress';

/** Why, as a list says it. */
const WHY: Readonly<Record<SkippedCount['why'], readonly [one: string, many: string]>> = {
  other: ['is neither a picture nor a text', 'are neither pictures nor texts'],
  hidden: ['was hidden or left there by the system', 'were hidden or left there by the system'],
};

/** "12 files were left out: 9 are neither pictures nor texts, 3 were hidden or left there by the system." Empty for none. */
export function leftOutWords(skipped: readonly SkippedCount[]): string {
  const all = sum(skipped);
  if (all === 0) return '';
  const reasons = leftOutReasons(skipped).map(({ words, files }) => `${count(files)} ${words}`);
  return `${count(all)} ${all === 1 ? 'file was' : 'files were'} left out: ${reasons.join(', ')}.`;
}

export interface LeftOutReason {
  readonly why: SkippedCount['why'];
  readonly files: number;
  readonly words: string;
  /** Most frequent first; an empty name stands for files without an extension. */
  readonly extensions: readonly { readonly name: string; readonly files: number }[];
}

export function leftOutReasons(skipped: readonly SkippedCount[]): readonly LeftOutReason[] {
  return (['other', 'hidden'] as const).flatMap((why) => {
    const of = skipped.filter((one) => one.why === why);
    const files = sum(of);
    if (files === 0) return [];
    const extensions = of
      .map(({ extension, count: times }) => ({ name: extension, files: times }))
      .toSorted((a, b) => b.files - a.files);
    return [{ why, files, words: WHY[why][files === 1 ? 0 : 1], extensions }];
  });
}

const sum = (counts: readonly SkippedCount[]): number => counts.reduce((all, one) => all + one.count, 0);
