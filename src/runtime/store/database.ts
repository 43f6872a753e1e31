/** The database of kept models. */
import { MODELS_DATABASE } from '../../rpc/databases';
import { databaseThere, transactions } from '../database';

export const transact = transactions(MODELS_DATABASE, 'kept');

/** Whether there is one: reading would make an empty one. */
export const modelsThere = (): Promise<boolean> => databaseThere(MODELS_DATABASE);
