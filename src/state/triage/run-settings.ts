/** What a team sets for a run: it holds from then on, and every record carries what it was made under. */
import type { RunSettings } from '../../core/triage/types';
import type { Run } from '../../sdk/triage/types';

/** Fits the line that shows it, and is no place for a note. */
export const LONGEST_NAME = 40;

/** A failure is told by `onSaving`. */
export async function changeSettings(
  run: Pick<Run, 'now' | 'change'>,
  change: Partial<RunSettings>,
): Promise<void> {
  await run.change({ settings: { ...run.now.settings, ...change } }).catch(() => {});
}

/** Who decides, in every record from now on; nothing: none does. Never a name that is asked for. */
export async function setPseudonym(run: Pick<Run, 'now' | 'change'>, text: string): Promise<void> {
  // One line, and nothing that turns what stands beside it around.
  const clean = [...text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()]
    .slice(0, LONGEST_NAME)
    .join('');
  const { by: _, ...rest } = run.now.settings;
  const by = clean.trim().toWellFormed();
  await run.change({ settings: { ...rest, ...(by !== '' && { by }) } }).catch(() => {});
}

/** Percent of decided items that come round again, 0 to 100. */
export async function setSecondPass(run: Pick<Run, 'now' | 'change'>, percent: number): Promise<void> {
  if (!Number.isFinite(percent)) return;
  const { secondPass } = run.now.settings;
  const clamped = Math.min(100, Math.max(0, percent));
  await changeSettings(run, { secondPass: { ...secondPass, percent: clamped } });
}
