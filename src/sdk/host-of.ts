/** Which host answers for a model, and why there is none. */
import { InvalidError } from '../core/errors';
import type { ModelHost } from './host';
import type { ModelList } from './list';

/** The host of a model that can be used. Throws InvalidError('invalid-input') for another, or one of another kind. */
export function hostOf(
  hosts: ReadonlyMap<string, ModelHost>,
  list: Pick<ModelList, 'state'>,
  id: string,
  task?: 'image' | 'text',
): ModelHost {
  const found = hosts.get(id);
  const card = found?.model.card ?? list.state(id)?.card;
  const invalid = (why: string) => new InvalidError('invalid-input', why, { model: id });
  if (!card) throw invalid(`There is no model named ${id}.`);
  if (!found) throw invalid(`${card.name} is not installed. Install it first.`);
  if (task && card.task !== task) throw invalid(`${card.name} does not read ${task}s.`);
  return found;
}
