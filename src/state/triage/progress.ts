/** How far a run is, in words. */

export type RunStage = 'reading' | 'judging' | 'paused' | 'done' | 'stopped' | 'waiting';

export interface RunProgress {
  /** `waiting`: its files have to be chosen again. */
  readonly stage: RunStage;
  /** Items that every model answered or that cannot be read. */
  readonly judged: number;
  readonly total: number;
  /** Items a second; 0 while not known. */
  readonly perSecond: number;
  readonly secondsLeft?: number;
  /** Not everything is listed yet: `total` grows. */
  readonly listing: boolean;
}

/** One for all: `toLocaleString` makes a new one each time. */
const counts = new Intl.NumberFormat('en-GB');

export const count = (value: number): string => counts.format(value);

/** "3,106 of 4,812 judged", apart from the rest, which changes all the time. */
export function judgedWords({ stage, judged, total, listing }: RunProgress): string {
  if (stage === 'reading') return `Reading. ${count(total)} items found so far`;
  return `${count(judged)} of ${count(total)}${listing ? ' so far' : ''} judged`;
}

/** "41 a second · about 42 s left"; empty while nothing is known. */
export function paceWords({ stage, perSecond, secondsLeft, judged, total, listing }: RunProgress): string {
  if (stage === 'paused') return 'paused';
  if (stage === 'stopped') return 'stopped';
  if (stage === 'waiting') return 'choose the files again to go on';
  if (stage === 'done' || (judged >= total && !listing)) return '';
  const rate = perSecond > 0 ? `${rateWords(perSecond)} a second` : '';
  // While items are still being listed nobody can say how many seconds they will take.
  const left = secondsLeft === undefined || listing ? '' : leftWords(secondsLeft);
  return [rate, left].filter(Boolean).join(' · ');
}

const rateWords = (rate: number): string => (rate < 10 ? rate.toFixed(1) : count(Math.round(rate)));

/** Steps of 1 s under 10, of 5 under 60, then minutes: a number that flickers says less. */
export function leftWords(seconds: number): string {
  if (!(seconds >= 0)) return '';
  if (seconds < 10) return `about ${Math.max(1, Math.round(seconds))} s left`;
  const fives = Math.round(seconds / 5) * 5;
  if (fives < 60) return `about ${fives} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `about ${minutes} min left` : `about ${(seconds / 3600).toFixed(1)} h left`;
}
