/** Spine of a download: what is kept → whose turn → what is missing → transfer → verify → done. */
import { FailedError, throwIfAborted } from '../../core/errors';
import { fileKey } from '../../core/hub/address';
import { bytesOf, CHUNK_BYTES, chunkCount, firstRun } from '../../core/hub/chunks';
import { changedAtSource, damagedAtSource, wrongSize } from '../../core/hub/errors';
import type { Downloaded, FileRequest, OnDownload, Verification } from '../../rpc/downloads';
import { quickHash } from '../quick-hash';
import { sha256 } from '../store/hash';
import {
  dropChunks,
  type Fence,
  type FileRecord,
  presentChunks,
  putChunk,
  readRecord,
  removeSources,
  TakenOver,
  update,
} from './chunks';
import { Digest } from './digest';
import type { Means } from './means';
import { answer } from './outcome';
import { repair } from './repair';
import { accountHeaders, agrees, askedFor, checkRequest } from './request';
import { Tries } from './retry';
import { isPinned, verifiedChunk } from './source';
import { Teller } from './tell';
import { type Arrived, Filling, type Gathering, transfer, Unsatisfied } from './transfer';
import { takeTurn } from './turn';

export interface DownloadOptions {
  readonly means: Means;
  readonly onProgress?: OnDownload | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As `DownloadsContract.download` says. */
export async function downloadFile(request: FileRequest, options: DownloadOptions): Promise<Downloaded> {
  const needed = checkRequest(request);
  const signal = options.signal ?? new AbortController().signal;
  throwIfAborted(signal);
  // Checked before anything is touched.
  askedFor(request, request);
  accountHeaders(request);
  const key = fileKey(request);
  const kept = await readRecord(key);
  if (kept && !request.recheck && agrees(kept, request) && kept.state !== 'partial') {
    const present = await presentChunks(kept);
    if (present.size === chunkCount(kept.bytes)) {
      options.onProgress?.({
        phase: 'download',
        done: bytesOf(needed, kept.bytes),
        total: bytesOf(needed, kept.bytes),
      });
      return answer(kept, kept.state, 0);
    }
  }
  const teller = new Teller(key, bytesOf(needed, request.bytes), options.onProgress);
  try {
    for (;;) {
      const turn = await takeTurn(key, signal, () => teller.say({ kind: 'shared' }));
      try {
        return await new Download(request, needed, options.means, signal, teller, {
          ...turn.fence,
          ...(request.needed !== undefined && { needed: request.needed }),
        }).run();
      } catch (thrown) {
        // Nothing of a file that does not fit is of use, and its room is what other models need. While it is still this
        // tab's turn: another that waits may find room, and keeps what it gets.
        if (thrown instanceof FailedError && thrown.code === 'storage-full')
          await removeSources(key).catch(() => {});
        // A tab that slept too long has lost its turn to another; then it waits like any other.
        if (!(thrown instanceof TakenOver)) throw thrown;
      } finally {
        await turn.release();
      }
    }
  } finally {
    teller.close();
  }
}

export class Download {
  fetched = 0;
  /** The SHA-256 that the whole must have: the request's, or one that was known before. */
  private expected: string | undefined;
  private readonly key: string;
  private readonly tries: Tries;
  private readonly filling: Filling;

  constructor(
    readonly request: FileRequest,
    private readonly needed: readonly number[],
    private readonly means: Means,
    readonly signal: AbortSignal,
    private readonly teller: Teller,
    readonly fence: Fence,
  ) {
    this.key = fileKey(request);
    this.tries = new Tries(means, signal, (state) => teller.say(state));
    this.filling = new Filling(Math.min(CHUNK_BYTES, request.bytes));
  }

  async run(): Promise<Downloaded> {
    const record = await this.begin();
    const digest = new Digest(record, this.means.hasher(record.bytes));
    try {
      return await this.runWith(digest, record);
    } finally {
      digest.end();
    }
  }

  private async runWith(digest: Digest, begun: FileRecord): Promise<Downloaded> {
    let record = begun;
    if (this.expected !== undefined) digest.catchUp(record);
    this.teller.takeOver(this.arrived(record));
    for (const again = new Set<number>(); ; ) {
      record = await this.fill(record, digest);
      if (Object.keys(record.chunks).length < chunkCount(record.bytes)) {
        // Only parts were asked for: their hashes, where they are known, are all that can vouch for them.
        this.teller.finish();
        const { sha256: _, ...part } = record;
        return answer(part, this.request.chunkSha256 ? 'verified' : 'complete, not verified', this.fetched);
      }
      try {
        return await this.complete(record, digest);
      } catch (thrown) {
        record = await this.without(record, thrown, again);
      }
    }
  }

  /** Forgets a kept chunk that could not be read back, or had changed: it is fetched again, once. */
  private async without(record: FileRecord, thrown: unknown, again: Set<number>): Promise<FileRecord> {
    const { code, data } = thrown instanceof FailedError ? thrown : {};
    const damaged = code === 'asset-corrupt' || code === 'asset-missing';
    if (!damaged || typeof data?.chunk !== 'number' || again.has(data.chunk)) throw thrown;
    again.add(data.chunk);
    this.teller.say({ kind: 'repairing' });
    return dropChunks(record, this.fence, [data.chunk]);
  }

  /** The record as it really is: what was lost or damaged is forgotten. */
  private async begin(): Promise<FileRecord> {
    const { repo, revision, path, bytes, sha256: expected, recheck } = this.request;
    const kept = await readRecord(this.key);
    if (kept && (kept.bytes !== bytes || (kept.sha256 && expected && kept.sha256 !== expected)))
      throw changedAtSource(path);
    const known = expected ?? kept?.sha256;
    this.expected = known;
    let record: FileRecord = {
      ...(kept ?? { version: 1, repo, revision, path, bytes, chunks: {} }),
      ...(known !== undefined && { sha256: known }),
      state: 'partial',
    };
    const present = await presentChunks(record);
    const gone: number[] = [];
    for (const index of Object.keys(record.chunks).map(Number))
      if (!present.has(index) || !(await isPinned(record, index, this.pinned(index)))) gone.push(index);
    if (recheck) this.teller.say({ kind: 'verifying' });
    if (recheck) for (const index of present) if (!(await this.intact(record, index))) gone.push(index);
    if (gone.length > 0) record = await dropChunks(record, this.fence, gone);
    return record;
  }

  private pinned = (index: number): string | undefined => this.request.chunkSha256?.[index];

  private asPinned(index: number, hash: string | undefined): boolean {
    return (this.pinned(index) ?? hash) === hash;
  }

  private async intact(record: FileRecord, index: number): Promise<boolean> {
    throwIfAborted(this.signal);
    return verifiedChunk(record, index).then(
      () => true,
      () => false,
    );
  }

  /** Bytes of the needed chunks that are here. */
  private arrived(record: FileRecord): number {
    return bytesOf(
      this.needed.filter((index) => record.chunks[index] !== undefined),
      record.bytes,
    );
  }

  private told(record: FileRecord): void {
    this.teller.tell(this.arrived(record) + this.filling.filled);
  }

  /** Gets every needed chunk that is missing. */
  private async fill(start: FileRecord, digest: Digest): Promise<FileRecord> {
    let record = start;
    const damaged = new Set<number>();
    const quick = await quickHash();
    await this.gather({
      record: () => record,
      run: () => firstRun(this.needed.filter((index) => record.chunks[index] === undefined)),
      onChunk: (chunk) => {
        // Either is done with the bytes, or has its copy, before they may be given away.
        const hash = this.pinned(chunk.index) ? sha256(chunk.bytes) : Promise.resolve(quick(chunk.bytes));
        const kept = this.keep(record, chunk, hash, { damaged, digest });
        const stored = kept.then((next) => {
          record = next;
          // Nothing may follow for a while, and until now this chunk was not counted.
          this.told(record);
        });
        const memory = () => chunk.bytes.buffer;
        // Without a hash to compare with, the work is left to whoever has one later.
        if (this.expected === undefined) return { stored, read: hash.then(memory, memory) };
        const accepted = hash.then((found) => this.asPinned(chunk.index, found));
        return { stored, read: digest.follow(chunk.index, chunk.bytes, accepted) };
      },
      restart: async () => {
        await digest.restart();
        record = await dropChunks(record, this.fence, this.needed);
      },
    });
    return record;
  }

  /** Asks for one stretch after another until none is left, trying again where that may help. */
  async gather({ record, run, onChunk, restart }: Gathering): Promise<void> {
    let restarted = false;
    for (let next = run(); next; next = run()) {
      throwIfAborted(this.signal);
      try {
        await transfer({
          ...{ run: next, record: record(), filling: this.filling, means: this.means, signal: this.signal },
          asked: askedFor(this.request, this.request),
          headers: accountHeaders(this.request),
          begun: this.request.begun ?? false,
          onBytes: (count) => {
            this.fetched += count;
            this.tries.arrived(count);
            this.told(record());
          },
          onChunk,
        });
      } catch (thrown) {
        if (!(thrown instanceof Unsatisfied)) await this.tries.after(thrown);
        else if (restarted) throw wrongSize(this.request.path, this.request.bytes);
        else {
          // The server thinks its file ends earlier, or lost it: what is here may be of another. Begin again, once.
          restarted = true;
          this.filling.index = -1;
          await restart();
        }
      }
    }
  }

  private async keep(
    record: FileRecord,
    { index, blob, etag }: Arrived,
    hashing: Promise<string>,
    { damaged, digest }: { damaged: Set<number>; digest: Digest },
  ): Promise<FileRecord> {
    const hash = await hashing;
    if (!this.asPinned(index, hash)) {
      if (damaged.has(index)) throw damagedAtSource(record.path);
      damaged.add(index);
      this.teller.say({ kind: 'repairing' });
      return record;
    }
    return putChunk(record, this.fence, { index, blob, hash, etag, digest: digest.state() });
  }

  /** Every chunk is here: what that is worth is found out, and written down on disk. */
  private async complete(filled: FileRecord, digest: Digest): Promise<Downloaded> {
    let record = filled;
    const { expected } = this;
    if (expected !== undefined) {
      this.teller.say({ kind: 'verifying' });
      if ((await digest.finish(record, this.signal)) !== expected) {
        this.teller.say({ kind: 'repairing' });
        record = await repair(record, expected, this);
      }
    }
    const state: Verification = expected === undefined ? 'complete, not verified' : 'verified';
    const done = { state, ...(expected !== undefined && { sha256: expected }) };
    record = await update(record, this.fence, (now) => ({ ...now, ...done }), 'strict');
    this.teller.finish();
    return answer(record, state, this.fetched);
  }
}
