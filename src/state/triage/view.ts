/** What the triage screen draws, taken from a run at one moment. */
import type { Filters } from '../../core/triage/filters';
import type { Order } from '../../core/triage/orders';
import type { Counts, Sieve } from '../../core/triage/sieve';
import type { RunSettings } from '../../core/triage/types';
import type { SerializedError } from '../../sdk/errors';
import type { SkippedCount } from '../../sdk/input-types';
import type { Run, Saving } from '../../sdk/triage/types';
import type { Decisions } from './decisions';
import type { Inflow } from './inflow';
import type { Intake } from './intake';
import type { Lines, Scale } from './lines';
import type { List } from './list';
import { isUnlisted } from './place';
import type { RunProgress } from './progress';

/** What the screen draws. `version` goes up whenever a row may look different. */
export interface ScreenView {
  readonly version: number;
  readonly name: string;
  readonly kept: boolean;
  readonly saving: Saving;
  /** Decisions that are not on disk and wait for somebody: they could not be saved, or another tab was first. */
  readonly unsaved: number;
  readonly progress: RunProgress;
  /** Why nothing more is scored. */
  readonly error?: SerializedError;
  readonly skipped: readonly SkippedCount[];
  readonly counts: Counts;
  readonly decided: number;
  readonly open: number;
  readonly shown: Uint32Array;
  readonly moved: number;
  readonly order: Order;
  readonly filters: Filters;
  readonly selected?: number;
  /** Place of the selected item in what is shown; -1 when it is not. */
  readonly place: number;
  readonly scale?: Scale;
  /** The team's labels, in the order of the keys. */
  readonly labels: readonly string[];
  /** Names of files are kept here and exported. */
  readonly keepNames: boolean;
  readonly settings: RunSettings;
}

export interface Viewed {
  readonly run: Pick<Run, 'now' | 'kept'>;
  readonly sieve: Sieve;
  readonly list: List;
  readonly lines: Lines;
  readonly decisions: Decisions;
  readonly inflow: Pick<Inflow, 'intake' | 'error' | 'gone'>;
  readonly title: string | undefined;
  readonly skipped: readonly SkippedCount[];
}

export function viewOf(
  { run, sieve, list, lines, decisions, inflow, title, skipped }: Viewed,
  saving: Saving,
  version: number,
): ScreenView {
  const counts = sieve.counts();
  const words = Object.values(counts);
  const all = words.reduce((sum, word) => sum + word.all, 0);
  const open = words.reduce((sum, word) => sum + word.open, 0);
  const { name, settings } = run.now;
  const scale = lines.scale();
  return {
    ...{ version, name: title ?? name, kept: run.kept, saving, counts, open, decided: all - open },
    ...{ skipped, labels: settings.labels, keepNames: settings.keepNames, settings },
    unsaved: decisions.failed.length,
    progress: progressOf(inflow.intake, all, sieve.unanswered + inflow.gone, isUnlisted(run)),
    ...{ shown: list.shown, moved: list.moved, order: list.order, filters: list.filters },
    place: list.placeOf(list.selected),
    ...(list.selected !== undefined && { selected: list.selected }),
    ...(scale && { scale }),
    ...(inflow.error && { error: inflow.error }),
  };
}

/** Judged is what every model has answered, or what cannot be read; a verdict it may have before. */
function progressOf(
  intake: Intake | undefined,
  total: number,
  waiting: number,
  unlisted: boolean,
): RunProgress {
  const judged = total - waiting;
  if (!intake) {
    // A run that nothing was found of had only begun when its page went away.
    const stage = waiting > 0 || unlisted || total === 0 ? 'waiting' : 'done';
    return { stage, judged, total, perSecond: 0, listing: unlisted };
  }
  // Of some the files are not here: those of another folder, say.
  const stage = intake.stage === 'done' && waiting > 0 ? 'waiting' : intake.stage;
  return { ...intake.pace, stage, judged, total, listing: intake.listing };
}
