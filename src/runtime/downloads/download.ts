/** Spine of a download: what is kept → whose turn → what is missing → transfer → verify → done. */
import { FailedError, throwIfAborted } from '../../core/errors';
import { fileKey } from '../../core/hub/address';
import { bytesOf, CHUNK_BYTES, chunkCount, firstRun } from '../../core/hub/chunks';
import { changedAtSource, damagedAtSource, wrongSize } from '../../core/hub/errors';
import type { Downloaded, FileRequest, OnDownload, Verification } from '../../rpc/downloads';
import { quickHash } from '../quick-hash';
import { ChunkPins } from './chunk-pins';
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
import { Filling, type Gathering, transfer, Unsatisfied } from './transfer';
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

/** What a file is compared with as it comes: each chunk with its own, or all of it with one; or nothing. */
interface Comparing {
  readonly pins?: ChunkPins;
  readonly digest?: Digest;
}

export class Download {
  fetched = 0;
  /**
   * The SHA-256 that the whole is compared with, the request's or one that was known before; undefined where every
   * chunk has a pin of its own, which vouches for every byte. One running over the file costs more than the chunks'
   * altogether: WebCrypto, which has the processor's instructions for it, only hashes what is in memory as a whole.
   */
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
    const pins = this.request.chunkSha256;
    // Without a hash to compare with, the work is left to whoever has one later.
    if (!pins && this.expected === undefined) return this.runWith({}, record);
    const hasher = this.means.hasher(record.bytes);
    const by = pins ? { pins: new ChunkPins(pins, hasher) } : { digest: new Digest(record, hasher) };
    by.digest?.catchUp(record);
    try {
      return await this.runWith(by, record);
    } finally {
      (by.pins ?? by.digest)?.end();
    }
  }

  private async runWith(by: Comparing, begun: FileRecord): Promise<Downloaded> {
    const { digest } = by;
    let record = begun;
    this.teller.takeOver(this.arrived(record));
    for (const again = new Set<number>(); ; ) {
      record = await this.fill(record, by);
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
    this.expected = this.request.chunkSha256 ? undefined : known;
    let record: FileRecord = {
      ...(kept ?? { version: 1, repo, revision, path, bytes, chunks: {} }),
      ...(known !== undefined && { sha256: known }),
      state: 'partial',
    };
    const present = await presentChunks(record);
    const gone: number[] = [];
    for (const index of Object.keys(record.chunks).map(Number))
      if (!present.has(index) || !(await isPinned(record, index, this.request.chunkSha256?.[index])))
        gone.push(index);
    if (recheck) this.teller.say({ kind: 'verifying' });
    if (recheck) for (const index of present) if (!(await this.intact(record, index))) gone.push(index);
    if (gone.length > 0) record = await dropChunks(record, this.fence, gone);
    return record;
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
  private async fill(start: FileRecord, { pins, digest }: Comparing): Promise<FileRecord> {
    let record = start;
    const damaged = new Set<number>();
    const quick = await quickHash();
    await this.gather({
      record: () => record,
      run: () => firstRun(this.needed.filter((index) => record.chunks[index] === undefined)),
      onChunk: (chunk) => {
        // Before the bytes are given away.
        const arrived = { ...chunk, hash: quick(chunk.bytes), digest: digest?.state() };
        const memory = chunk.bytes.buffer;
        const keep = (next: FileRecord) => {
          record = next;
          // Nothing may follow for a while, and until now this chunk was not counted.
          this.told(record);
        };
        if (!pins) {
          const stored = putChunk(record, this.fence, arrived).then(keep);
          return { stored, read: digest?.follow(chunk.index, chunk.bytes) ?? Promise.resolve(memory) };
        }
        const compared = pins.compare(chunk);
        const stored = pins.keep(record, this.fence, arrived, compared).then((kept) => {
          if (!kept.fits) this.repeat(chunk.index, damaged);
          keep(kept.record);
        });
        const another = () => new ArrayBuffer(CHUNK_BYTES);
        return { stored, read: compared.then((found) => found.memory, another) };
      },
      restart: async () => {
        await digest?.restart();
        record = await dropChunks(record, this.fence, this.needed);
      },
    });
    return record;
  }

  /** A damaged chunk comes again, once. */
  private repeat(index: number, damaged: Set<number>): void {
    if (damaged.has(index)) throw damagedAtSource(this.request.path);
    damaged.add(index);
    this.teller.say({ kind: 'repairing' });
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

  /** Every chunk is here: what that is worth is found out, and written down on disk. */
  private async complete(filled: FileRecord, digest: Digest | undefined): Promise<Downloaded> {
    let record = filled;
    const { expected } = this;
    if (digest && expected !== undefined) {
      this.teller.say({ kind: 'verifying' });
      if ((await digest.finish(record, this.signal)) !== expected) {
        this.teller.say({ kind: 'repairing' });
        record = await repair(record, expected, this);
      }
    }
    const vouched = digest !== undefined || this.request.chunkSha256 !== undefined;
    const state: Verification = vouched ? 'verified' : 'complete, not verified';
    const done = { state, ...(filled.sha256 !== undefined && { sha256: filled.sha256 }) };
    record = await update(record, this.fence, (now) => ({ ...now, ...done }), 'strict');
    this.teller.finish();
    return answer(record, state, this.fetched);
  }
}
