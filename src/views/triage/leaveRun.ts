import type { Triage } from '../../state/triage/triage';
import { replaceAddress } from '../frame/address';

/** Back to all runs; the address names none. */
export function leaveRun(triage: Triage): void {
  void triage.close();
  replaceAddress('#/triage');
}
