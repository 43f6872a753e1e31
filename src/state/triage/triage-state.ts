/** What the triage screen shows while no run is open, and which one is; and what it is made of. */
import type { Policy } from '../../core/policy';
import type { RunInfo } from '../../core/triage/types';
import type { SerializedError } from '../../sdk/errors';
import type { KeptInput, TableColumns, TableLook } from '../../sdk/input-types';
import type { Winnow } from '../../sdk/types';
import type { Announcer } from '../announce';
import type { BenchModel } from '../models';
import type { UsedTable } from './drops';
import type { Screening, ScreeningOptions } from './screening';

export interface TriageOptions {
  readonly winnow: Pick<Winnow, 'gather' | 'keepInputs' | 'keptInputs' | 'forgetInputs' | 'runs'> &
    Partial<Pick<Winnow, 'onWithdrawn'>> &
    ScreeningOptions['winnow'];
  readonly announcer: Pick<Announcer, 'say' | 'alarm'>;
  /** Models that a new run is judged by; resolves when they are known. */
  readonly models: () => Promise<readonly BenchModel[]>;
  /** All that are known here, as they are now. */
  readonly here?: () => Promise<readonly BenchModel[]>;
  readonly policy: () => Policy;
  readonly left?: NonNullable<ScreeningOptions['left']>;
}

export interface TriageState {
  /** `starting`: a run is being made or read. */
  readonly phase: 'empty' | 'starting' | 'open';
  /** Why the last thing asked for could not be done. */
  readonly error?: SerializedError;
  /** Newest first. */
  readonly earlier: readonly RunInfo[];
  readonly screening?: Screening;
  /** Folders that the open run came from, which this browser can find again. */
  readonly kept: readonly KeptInput[];
  /** A table of which nobody could tell where its prompts are; the listing waits for the answer. Or one to be read anew. */
  readonly asking?: Asking;
  /** Tables of the open run, with the columns they are read by. */
  readonly tables: readonly UsedTable[];
  /** How many things were dropped, while the run for them is being made. */
  readonly dropped?: number;
  /** A tab of another version of Winnow is open. */
  readonly otherVersion?: true;
}

export interface Asking {
  readonly name: string;
  readonly look: TableLook;
  /** What it is read by until now. */
  readonly columns?: TableColumns;
  /** Nothing: the table is left out, or stays as it is. */
  readonly answer: (columns: TableColumns | undefined) => void;
}
