/** The database of files on their way to becoming models. Keys: ['file', key], ['chunk', key, i], ['lease', key]. */
import { transactions } from '../database';

export const transact = transactions('winnow-sources', 'sources');
