/** What was learned of a model's files when it was first installed, kept so that a later installation gets the same. */
import { promisifyRequest } from 'idb-keyval';
import { fileKey, isCommit, type PinnedFile } from '../../core/hub/address';
import { PINS_DATABASE } from '../../rpc/databases';
import type { FoundFile } from '../../rpc/downloads';
import { isNewer, keptByNewer, transactions } from '../database';
import { installedAt } from '../store';
import { readRecord, removeSources } from './chunks';

/** One record per model, under its id. */
const transact = transactions(PINS_DATABASE, 'pins');

export interface Pin extends PinnedFile {
  readonly bytes: number;
  /** Of these to be fetched. */
  readonly fetch: number;
  readonly sha256?: string;
  /** As of a FoundFile. */
  readonly made?: boolean;
}

/** What is kept under a model's id, or under that and, behind a slash, what makes it another source's. */
export interface Pins {
  readonly files: readonly Pin[];
  /** When the model that was installed as these were kept had been promoted; null where there was none. */
  readonly before: string | null | undefined;
}

interface PinsRecord extends Pins {
  readonly version: 1;
  readonly model: string;
}

export const modelOf = (key: string): string => key.split('/')[0]!;

export async function readPins(model: string): Promise<readonly Pin[]> {
  return filesOf(await transact('readonly', (store) => promisifyRequest<unknown>(store.get(model))));
}

/** Of every model that has some, by what they are kept under. */
export async function allPins(): Promise<ReadonlyMap<string, Pins>> {
  const records = await transact('readonly', (store) => promisifyRequest<unknown[]>(store.getAll()));
  return new Map(
    records.flatMap((record) => {
      const { model, before } = (record ?? {}) as Partial<PinsRecord>;
      return typeof model === 'string' && !isNewer(record)
        ? [[model, { files: filesOf(record), before }] as const]
        : [];
    }),
  );
}

/** A record that makes no sense counts as none: then the source is asked again. Throws for a newer version's (S13). */
function filesOf(value: unknown): readonly Pin[] {
  if (isNewer(value)) throw keptByNewer();
  const { version, files } = (value ?? {}) as Partial<PinsRecord>;
  return version === 1 && Array.isArray(files) ? files.filter(isPin) : [];
}

function isPin(value: unknown): value is Pin {
  const { repo, revision, path, bytes, fetch: part, sha256 } = (value ?? {}) as Partial<Pin>;
  return (
    typeof repo === 'string' &&
    typeof path === 'string' &&
    typeof revision === 'string' &&
    isCommit(revision) &&
    Number.isSafeInteger(bytes) &&
    Number.isSafeInteger(part) &&
    (sha256 === undefined || /^[0-9a-f]{64}$/.test(sha256))
  );
}

/** As `DownloadsContract.keepPins` says. */
export async function keepPins(model: string, found: readonly FoundFile[], fresh = false): Promise<void> {
  const old = await readPins(model);
  const files = found.map(
    ({ repo, revision, path, bytes, fetch: part, sha256, made }): Pin => ({
      ...{ repo, revision, path, bytes, fetch: part },
      ...(sha256 !== undefined && { sha256 }),
      ...(made && { made }),
    }),
  );
  await dropOthers(old, files, fresh);
  const before = (await installedAt(modelOf(model))) ?? null;
  const record: PinsRecord = { version: 1, model, files, before };
  await transact('readwrite', (store) => void store.put(record, model), { durability: 'strict' });
}

/** What is kept of files that are no longer those that are wanted would stay for ever. */
async function dropOthers(before: readonly Pin[], now: readonly Pin[], fresh: boolean): Promise<void> {
  const wanted = new Map(now.map((pin) => [fileKey(pin), pin]));
  for (const key of new Set([...before, ...now].map(fileKey))) {
    const record = await readRecord(key);
    const pin = wanted.get(key);
    const other = record?.sha256 !== undefined && pin?.sha256 !== undefined && record.sha256 !== pin.sha256;
    const stale = fresh && record?.state === 'partial';
    if (record && (!pin || record.bytes !== pin.bytes || other || stale)) await removeSources(key);
  }
}
