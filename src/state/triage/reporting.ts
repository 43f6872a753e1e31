/** The run's report, with the lines as they stand on the screen. */
import type { Report } from '../../core/triage/report';
import { reportOf } from '../../sdk/triage';
import type { Screening } from './screening';

export async function reportOfRun({
  run,
  sieve,
  lines,
}: Pick<Screening, 'run' | 'sieve' | 'lines'>): Promise<Report> {
  lines.save();
  return reportOf(await run.snapshot(), sieve, run.tail);
}
