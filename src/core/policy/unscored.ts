/** Scores of what could not be scored. */
import type { WinnowError } from '../errors';
import type { Backend, Precision, Scores } from './types';

const FIRST = { backend: 'wasm', precision: 'exact' } as const;

/** No probabilities, the reason and its code. `judge` makes Needs review of it, whatever the policy says. */
export function unscored(
  card: { readonly id: string; readonly labels: readonly { readonly name: string }[] },
  error: WinnowError,
  milliseconds: number,
  /** What it was to run on, where that is known. */
  { backend, precision }: { readonly backend: Backend; readonly precision: Precision } = FIRST,
): Scores {
  return {
    status: error.kind === 'unsupported' ? 'unsupported' : 'error',
    model: card.id,
    labels: card.labels.map((label) => label.name),
    probabilities: [],
    coverage: { unit: 'whole', checked: 0, total: 1 },
    backend,
    precision,
    milliseconds,
    reason: error.message,
    code: error.code,
  };
}
