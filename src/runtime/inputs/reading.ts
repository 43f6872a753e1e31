/** The reading worker's service. It holds nothing between two calls, so that it may be ended at any time. */
import type { ReadingContract, ZipFound } from '../../rpc/reading';
import { blobSource } from '../source';
import { listFolder } from './folder';
import { forgetHandles, keepHandles, keptHandles } from './kept';
import { lookAtTable, readTable, readText } from './tables';
import { listZip } from './zip';
import { openZipEntry } from './zip-entry';

/** Handed on at once. */
const BATCH = 500;

export function createReading(): ReadingContract {
  return {
    async listZip(archive, each, signal) {
      const { entries, more } = await listZip(blobSource('The archive', archive), { signal });
      for (let at = 0; at < entries.length; at += BATCH)
        await each(entries.slice(at, at + BATCH) as ZipFound[]);
      return { more };
    },
    openZipEntry: (archive, ref, signal) => openZipEntry(archive, ref, { signal }),
    readText,
    lookAtTable,
    readTable: (file, choice, each, signal) => readTable(file, choice, each, { signal }),
    listFolder,
    keepHandles,
    keptHandles,
    forgetHandles,
    ping: async () => 'pong',
  };
}
