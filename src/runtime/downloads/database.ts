/** The database of files on their way to becoming models. Keys: ['file', key], ['chunk', key, i], ['lease', key]. */
import { SOURCES_DATABASE } from '../../rpc/databases';
import { transactions } from '../database';

export const transact = transactions(SOURCES_DATABASE, 'sources');
