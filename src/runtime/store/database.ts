/** The database of kept models. */
import { MODELS_DATABASE } from '../../rpc/databases';
import { transactions } from '../database';

export const transact = transactions(MODELS_DATABASE, 'kept');
