/** The database of kept models. */
import { transactions } from '../database';

export const transact = transactions('winnow-models', 'kept');
