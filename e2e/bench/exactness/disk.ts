/** A file on disk as readers take it: by range, never whole. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { ByteSource } from '../../../src/core/checkpoint/source';
import { blobSource } from '../../../src/runtime/source';

export const diskSource = async (path: string): Promise<ByteSource> =>
  blobSource(basename(path), await openAsBlob(path));
