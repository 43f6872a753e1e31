/** A run's own row: what is listed of it, and where its chain ends. */
import { promisifyRequest } from 'idb-keyval';
import { FailedError, InvalidError, UnsupportedError } from '../../core/errors';
import {
  type RunHeader,
  type RunInfo,
  type RunNow,
  type Tail,
  TRIAGE_VERSION,
} from '../../core/triage/types';
import { KEY } from './database';

export interface RunRow {
  readonly v: 1;
  readonly header: RunHeader;
  readonly now: RunNow;
  readonly tail: Tail;
  readonly items: number;
  readonly at: string;
  /** Being imported; not a run before that is over. */
  readonly draft?: true;
}

/** Throws InvalidError('invalid-input') when it is not there. */
export async function rowOf(store: IDBObjectStore, run: string): Promise<RunRow> {
  const row = await promisifyRequest<RunRow | undefined>(store.get(KEY.run(run)));
  if (!row || row.draft)
    throw new InvalidError(
      'invalid-input',
      'That run is not in this browser. Import its file to get it back.',
      { run },
    );
  if (row.v !== TRIAGE_VERSION)
    throw new UnsupportedError(
      'unsupported-format',
      'That run was kept by another version of Winnow. Nothing was deleted. Reload the page to get the newest.',
      { run },
    );
  return row;
}

/** The same for a run that was open: somebody has deleted it meanwhile (S09). */
export async function openRow(store: IDBObjectStore, run: string): Promise<RunRow> {
  const there = await promisifyRequest(store.getKey(KEY.run(run)));
  if (there === undefined)
    throw new FailedError(
      'storage-unavailable',
      'This run was deleted from this browser, here or in its settings. What this tab holds is still here: export it.',
      { run, lost: true },
    );
  return rowOf(store, run);
}

export const infoOf = ({ header, now, tail, items, at }: RunRow): RunInfo => ({
  ...{ id: header.id, header, now, tail, items, at },
});
