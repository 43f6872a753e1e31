/** Triage as it hangs together with the bench: a new run is judged by the models that stand there, and by their lines. */
import { deserializeError, InvalidError } from '../../sdk/errors';
import type { BenchModel, Models } from '../models';
import { headOnly } from '../picking';
import type { Thresholds } from '../thresholds';
import { Triage, type TriageOptions } from './triage';

/** All models, once they are known. Rejects when they could not be listed. */
export async function known({ store }: Pick<Models, 'store'>): Promise<readonly BenchModel[]> {
  await new Promise<void>((resolve) => {
    const look = () => {
      if (store.get().status === 'loading') return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = store.subscribe(look);
    look();
  });
  const { models, error } = store.get();
  if (error) throw deserializeError(error);
  return models;
}

/** Those that are chosen. Rejects as `known`, and when none is. */
export async function standing(of: Pick<Models, 'store'>): Promise<readonly BenchModel[]> {
  const models = await known(of);
  const { chosen } = of.store.get();
  const found = chosen.flatMap((id) => models.filter((model) => model.card.id === id && !headOnly(model)));
  if (found.length === 0)
    throw new InvalidError('invalid-input', 'No model is chosen. Choose one, then drop the files again.');
  return found;
}

export function triageOf({
  thresholds,
  models,
  ...options
}: Pick<TriageOptions, 'winnow' | 'announcer' | 'left'> & {
  readonly thresholds: Pick<Thresholds, 'store'>;
  readonly models: Pick<Models, 'store'>;
}): Triage {
  return new Triage({
    ...options,
    policy: () => thresholds.store.get().policy,
    models: () => standing(models),
    here: () => known(models),
  });
}
