/** What a model's host is given. */
import type { WinnowError } from '../core/errors';
import type { WithdrawnScores } from './on-machine';
import type { OpeningOptions } from './opening';
import type { Pixels } from './pixels';
import type { Spare } from './spare';

export interface HostOptions extends OpeningOptions {
  readonly deadline: number;
  readonly idle: number;
  readonly inference: string;
  /** Scores that were handed out and do not hold. */
  readonly withdrawn: (of: readonly WithdrawnScores[], error: WinnowError) => void;
  readonly pixels: Pixels;
  readonly spare: Spare;
  /** Measures how to share the cores, where that is not known; nothing else is to run meanwhile. Never rejects. */
  readonly measure: () => Promise<void>;
  /** Items of one worker between two checks; absent: as many as is usual. */
  readonly checkEvery?: number | undefined;
  /** Workers of one model at most, when many items wait; as many as was measured to help, when absent. */
  readonly workers: number | undefined;
  /** Bytes that the weights of all of them may take. */
  readonly memory: number;
}
