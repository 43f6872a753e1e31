/** What a download that has ended says. */
import { fileKey } from '../../core/hub/address';
import type { Downloaded, Verification } from '../../rpc/downloads';
import type { FileRecord } from './chunks';

export function answer(record: FileRecord, verification: Verification, fetched: number): Downloaded {
  return {
    key: fileKey(record),
    bytes: record.bytes,
    verification,
    ...(verification === 'verified' && record.sha256 !== undefined && { sha256: record.sha256 }),
    fetched,
  };
}
