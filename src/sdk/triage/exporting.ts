/** A run as a file, made in pieces so that the page stays usable, and here so that it works without storage. */
import { throwIfAborted } from '../../core/errors';
import { exportTable } from '../../core/triage/export-table';
import { exportRun } from '../../core/triage/run-file';
import type { Snapshot } from '../../core/triage/snapshot';
import { breather } from './reading';
import type { ExportKind, RunOptions } from './types';

const TYPES: Readonly<Record<ExportKind, string>> = {
  run: 'application/jsonl',
  jsonl: 'application/jsonl',
  'hard-jsonl': 'application/jsonl',
  csv: 'text/csv;charset=utf-8',
  'hard-csv': 'text/csv;charset=utf-8',
};

/** Pieces that become one part of the Blob: bytes that the browser may put on disk, in place of text in memory. */
const TOGETHER = 20;
/** Items or records of a piece. */
const STEP = 500;

export async function exportBlob(
  snapshot: Snapshot,
  kind: ExportKind,
  { signal, onProgress }: RunOptions = {},
): Promise<Blob> {
  const breathe = breather();
  const parts: Blob[] = [];
  let texts: string[] = [];
  let done = 0;
  const all = snapshot.items.length + (kind === 'run' ? snapshot.records.length : 0);
  for (const text of kind === 'run' ? exportRun(snapshot) : exportTable(snapshot, kind)) {
    throwIfAborted(signal);
    texts.push(text);
    done += STEP;
    if (texts.length >= TOGETHER) {
      parts.push(new Blob(texts));
      texts = [];
    }
    onProgress?.(Math.min(1, done / Math.max(1, all)));
    await breathe();
  }
  return new Blob([...parts, ...texts], { type: TYPES[kind] });
}
