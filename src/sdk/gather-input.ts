/** Everything that comes into triage as a list of items: files and folders, entries of archives, rows of tables. */
import { CancelledError, throwIfAborted, toWinnowError } from '../core/errors';
import { expectedOf, extensionOf, lastPart, skippedFor } from '../core/inputs/files';
import { choiceOf } from '../core/tables/choice';
import type { FolderFound, ReadingContract, SkippedCount, ZipFound } from '../rpc/reading';
import {
  empty,
  type Found,
  gone,
  noColumn,
  placed,
  refusedItem,
  refusing,
  rowItem,
  tooMany,
} from './input-items';
import { handlesOf, type InputSource, seize, walkEntry } from './input-sources';
import { batches } from './input-stream';
import type { GatheredItem, GatherInput, Gathering, GatherOptions, Inputs } from './input-types';
import { keptInputs, type Reader } from './kept-inputs';

/** Handed on at once, so that a screen draws once for many; 500 prompts kept a slow page for 80 ms. */
const BATCH = 200;
/** Milliseconds of the page's: Chromium asks the system for a file's size when somebody looks at it, one after the other. */
const SLICE = 12;

/** All of `Inputs`, over one worker. */
export function inputsOf(reader: Reader): Inputs {
  return { gather: (input, options) => gatherInput(reader, input, options), ...keptInputs(reader) };
}

/** As `Inputs.gather` says. What was dropped is seized before this returns. */
function gatherInput(reader: Reader, input: GatherInput, options: GatherOptions = {}): Gathering {
  const seized = seize(input);
  return {
    handles: handlesOf(seized),
    [Symbol.asyncIterator]: () => new Gatherer(reader, seized.sources, options).items(),
  };
}

class Gatherer {
  readonly #skipped = new Map<string, SkippedCount>();
  #found = 0;
  #refused = 0;

  constructor(
    private readonly reader: Reader,
    private readonly sources: readonly Promise<InputSource | undefined>[],
    private readonly options: GatherOptions,
  ) {}

  async *items(): AsyncGenerator<readonly GatheredItem[], void> {
    const { signal } = this.options;
    for await (const found of this.#all()) {
      if (signal?.aborted) throw new CancelledError();
      const items = found.map((one) => ({ ...one, ordinal: this.#found++ }));
      this.#refused += items.filter(({ refused }) => refused).length;
      this.#tell(false);
      if (items.length > 0) yield items;
    }
    throwIfAborted(signal);
    this.#tell(true);
  }

  #tell(done: boolean): void {
    const skipped = [...this.#skipped.values()];
    this.options.onProgress?.({ found: this.#found, refused: this.#refused, skipped, done });
  }

  async *#all(): AsyncGenerator<readonly Found[]> {
    let batch: Found[] = [];
    let since = performance.now();
    for (const coming of this.sources) {
      const source = await coming;
      if (!source) continue;
      for await (const found of this.#from(source)) {
        batch.push(...found);
        if (batch.length < BATCH && performance.now() - since < SLICE) continue;
        yield batch;
        batch = [];
        // A list of ten thousand is no reason for the page to stand still.
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
    }
    if (batch.length > 0) yield batch;
  }

  async *#from(source: InputSource): AsyncGenerator<readonly Found[]> {
    if (source.kind === 'file')
      return yield* this.#file(source.path, source.file, !source.path.includes('/'));
    if (source.kind === 'entry') {
      for await (const found of walkEntry(source.entry, (one) => this.#skip(one))) yield* this.#files(found);
      return;
    }
    const { handle } = source;
    if (handle.kind === 'directory') return yield* this.#folder(handle);
    const file = await handle.getFile().catch(() => undefined);
    if (file) yield* this.#file(handle.name, file, true);
    else yield [refusedItem(handle.name, gone())];
  }

  async *#folder(handle: FileSystemDirectoryHandle): AsyncGenerator<readonly Found[]> {
    const listing = batches<FolderFound, readonly SkippedCount[]>(
      (listen, signal) =>
        this.reader.run((remote, inner) => remote.listFolder(handle, listen(), inner), signal),
      this.options.signal,
    );
    try {
      for (let next = await listing.next(); ; next = await listing.next()) {
        if (next.done) {
          for (const one of next.value) this.#skip(one);
          return;
        }
        yield* this.#files(next.value);
      }
    } catch (thrown) {
      yield [this.#failed(handle.name, thrown)];
    } finally {
      await listing.return([]).catch(() => {});
    }
  }

  /** Of a folder: most are pictures, which come together; a table or an archive comes by itself, as it is read. */
  async *#files(found: readonly FolderFound[]): AsyncGenerator<readonly Found[]> {
    let plain: Found[] = [];
    for (const { path, file, refused } of found) {
      const items = file ? this.#single(path, file, false) : [refusedItem(path, refused ?? gone())];
      if (items) plain.push(...items);
      else if (file) {
        yield plain;
        plain = [];
        yield* this.#file(path, file, false);
      }
    }
    yield plain;
  }

  /** `given`: by itself, not with the rest of a folder. */
  async *#file(path: string, file: Blob, given: boolean): AsyncGenerator<readonly Found[]> {
    const items = this.#single(path, file, given);
    if (items) yield items;
    else if (expectedOf(path) === 'zip') yield* this.#zip(path, file);
    else yield* this.#table(path, file);
  }

  /** A file that is one item, or none; undefined for one that holds others. */
  #single(path: string, file: Blob, given: boolean): readonly Found[] | undefined {
    const why = skippedFor(path);
    // Whoever chooses one file means that one: what it is, it is told when it is read.
    if (why && !(given && why === 'other')) {
      this.#skip({ why, extension: extensionOf(path), count: 1 });
      return [];
    }
    const expected = given && extensionOf(path) === 'json' ? 'table' : expectedOf(path);
    return expected === 'image' || expected === 'text' ? [this.#plain(path, file, expected)] : undefined;
  }

  #plain(path: string, file: Blob, kind: 'image' | 'text'): Found {
    const item = { ...placed(path, file), kind, from: { kind: 'file' } as const };
    if (file.size === 0) return { ...item, ...refusing(empty()) };
    return { ...item, open: async (signal) => (kind === 'image' ? file : this.#text(file, signal)) };
  }

  async #text(file: Blob, signal?: AbortSignal): Promise<Blob | string> {
    const read = await this.reader.run((remote) => remote.readText(file), signal);
    return read.text ?? file;
  }

  async *#zip(path: string, archive: Blob): AsyncGenerator<readonly Found[]> {
    const listing = batches<ZipFound, { more: boolean }>(
      (listen, signal) =>
        this.reader.run((remote, inner) => remote.listZip(archive, listen(), inner), signal),
      this.options.signal,
    );
    try {
      for (let next = await listing.next(); ; next = await listing.next()) {
        if (next.done) {
          if (next.value.more) yield [refusedItem(path, tooMany('files'))];
          return;
        }
        yield next.value.flatMap((found) => this.#entry(path, archive, found));
      }
    } catch (thrown) {
      yield [this.#failed(path, thrown)];
    } finally {
      await listing.return({ more: false }).catch(() => {});
    }
  }

  #entry(archivePath: string, archive: Blob, { ref, refused }: ZipFound): Found[] {
    const why = skippedFor(ref.path);
    if (why) {
      this.#skip({ why, extension: extensionOf(ref.path), count: 1 });
      return [];
    }
    const kind = expectedOf(ref.path) === 'text' ? 'text' : 'image';
    const item = {
      ...({ kind, name: lastPart(ref.path), path: `${archivePath}/${ref.path}` } as const),
      ...{ bytes: ref.bytes, modified: ref.modified },
      from: { kind: 'zip', archive: archivePath } as const,
    };
    if (refused) return [{ ...item, ...refusing(refused) }];
    const open = async (signal?: AbortSignal) => {
      const blob = await this.reader.run((remote, inner) => remote.openZipEntry(archive, ref, inner), signal);
      return kind === 'text' ? this.#text(blob, signal) : blob;
    };
    return [{ ...item, open }];
  }

  async *#table(path: string, file: Blob): AsyncGenerator<readonly Found[]> {
    const { signal, columns } = this.options;
    try {
      const { look } = await this.reader.run(
        (remote, inner) => remote.lookAtTable(file, lastPart(path), inner),
        signal,
      );
      if (!look) return yield [this.#plain(path, file, 'image')];
      const choice = choiceOf(look, columns ? ((await columns(look, lastPart(path))) ?? {}) : look);
      if (!choice) throw noColumn();
      const listing = batches(
        (listen: () => Parameters<ReadingContract['readTable']>[2], inner) =>
          this.reader.run((remote, stop) => remote.readTable(file, choice, listen(), stop), inner),
        signal,
      );
      try {
        for (let next = await listing.next(); ; next = await listing.next()) {
          if (next.done) {
            if (next.value.more) yield [refusedItem(path, tooMany('rows'))];
            return;
          }
          yield next.value.map((row) => rowItem(path, file, row));
        }
      } finally {
        await listing.return({ more: false }).catch(() => {});
      }
    } catch (thrown) {
      yield [this.#failed(path, thrown)];
    }
  }

  /** Reading it failed altogether. A cancellation is nobody's failure. */
  #failed(path: string, thrown: unknown): Found {
    const error = toWinnowError(thrown);
    if (error.kind === 'cancelled') throw error;
    return refusedItem(path, error.serialize());
  }

  #skip(one: SkippedCount): void {
    const key = `${one.why} ${one.extension}`;
    const before = this.#skipped.get(key)?.count ?? 0;
    this.#skipped.set(key, { ...one, count: before + one.count });
  }
}
