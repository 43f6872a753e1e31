/** W07, W08: what goes wrong under models that are asked: scores that do not hold leave the screen as such, and say why. */
import type { Winnow } from '../sdk/types';
import type { Announcer } from './announce';
import type { Machine } from './machine';
import type { Pictures } from './pictures';
import type { Prompt } from './prompt';

export interface Heeding {
  readonly winnow: Pick<Winnow, 'onWithdrawn' | 'onActivity'>;
  readonly pictures: Pick<Pictures, 'withdraw'>;
  readonly prompt: Pick<Prompt, 'withdraw'>;
  readonly announcer: Pick<Announcer, 'alarm'>;
  readonly machine: Pick<Machine, 'heard'>;
}

/** Makes them need review. Returns the way to stop, with `also`. */
export function heedWithdrawn(
  { winnow, pictures, prompt, announcer, machine }: Heeding,
  also: () => void = () => {},
): () => void {
  const mute = winnow.onWithdrawn((scores, reason) => {
    const withdrawn = new Set(scores);
    const shown = pictures.withdraw(withdrawn, reason);
    if (prompt.withdraw(withdrawn, reason) || shown > 0) announcer.alarm(reason.message);
  });
  const deaf = winnow.onActivity((activity) => machine.heard(activity));
  return () => {
    mute();
    deaf();
    also();
  };
}
