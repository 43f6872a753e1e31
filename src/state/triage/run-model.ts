/** What a run writes down of a model, from what the bench knows of it. */

import type { Policy } from '../../core/policy';
import type { RunModel, Thresholds } from '../../core/triage/types';
import { InvalidError } from '../../sdk/errors';
import type { BenchModel } from '../models';

/** Steps between an item and the network's input; it changes when they give other numbers. */
const PREPROCESSING = { image: 'image-2', text: 'text-1' } as const;

/** Backend and precision as opened, or as they will be; each score names its own in any case. */
export function runModelOf({ card, installed, activity, sha256 = '' }: BenchModel): RunModel {
  const { id, name, task, labels, source } = card;
  const network = installed?.files
    .filter((file) => file.sha256 !== undefined)
    .reduce<{ bytes: number; sha256?: string } | undefined>(
      (largest, file) => (largest && largest.bytes >= file.bytes ? largest : file),
      undefined,
    );
  return {
    ...{ id, name, task, labels: labels.map((label) => label.name) },
    sha256: network?.sha256 ?? sha256,
    revision: source.revision,
    precision: activity?.opened?.precision ?? installed?.precision ?? 'exact',
    backend: activity?.opened?.backend ?? 'wasm',
    preprocessing: PREPROCESSING[task],
  };
}

/**
 * Why a run cannot be gone on with by the models that are here: its records name those that it began with, so another one of the
 * same name must not add to them. Nothing where they are the same.
 */
export function otherModels(
  models: readonly RunModel[],
  here: readonly BenchModel[],
): InvalidError | undefined {
  for (const model of models) {
    const found = here.find(({ card }) => card.id === model.id);
    if (!found || found.state === 'available')
      return new InvalidError(
        'invalid-input',
        `${model.name} is not installed here, so nothing more is judged. Install it on the Models screen, then choose the files again.`,
        { model: model.id },
      );
    if (!same(model, runModelOf(found)))
      return new InvalidError(
        'invalid-input',
        `${model.name} is not the one that this run began with, so nothing more is judged. Install it again as it was, or begin a new run.`,
        { model: model.id },
      );
  }
  return undefined;
}

/** Of a reinstalled variant the hash is another; where nobody knows a hash, the source's revision has to do. */
function same(was: RunModel, is: RunModel): boolean {
  const [a, b] = was.sha256 && is.sha256 ? [was.sha256, is.sha256] : [was.revision, is.revision];
  return a === b && was.preprocessing === is.preprocessing && was.labels.join('\n') === is.labels.join('\n');
}

/** The lines of these models alone: a run's thresholds are its own from then on. */
export function thresholdsOf(policy: Policy, ids: readonly string[]): Thresholds {
  return Object.fromEntries(
    ids.map((id) => [id, { rules: Object.hasOwn(policy.models, id) ? policy.models[id]!.rules : [] }]),
  );
}
