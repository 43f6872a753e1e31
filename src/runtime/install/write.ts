/** A built model → the pieces that are kept of it: the same bytes in a browser's store and in files beside a build. */
import { writeModel } from '../../core/onnx/write';
import { layoutOf } from '../../core/prepare/layout';
import { CHUNK_BYTES, prepare, type Sink } from '../../core/prepare/prepare';
import type { Manifest } from '../store/manifest';
import type { Built } from './build';

export interface PieceSink extends Sink {
  /** Resolves when everything written to it is stored. */
  close(): Promise<void>;
}

/** Where pieces go. `needed`: what all of them keep, in bytes, for the message when there is no room. */
export interface PieceStore {
  sink(piece: string, needed: number): PieceSink;
  /** A small piece in one go, such as a graph or a tokenizer. */
  put(piece: string, bytes: Uint8Array, needed: number): Promise<void>;
}

export interface WriteOptions {
  /** Counts bytes read of the weights' files. */
  readonly onRead: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Waited for after every weight. */
  readonly between?: (() => Promise<void>) | undefined;
}

/** Writes graphs, weights and what a tokenizer needs. */
export async function writePieces(
  built: Built,
  store: PieceStore,
  { onRead, signal, between }: WriteOptions,
): Promise<void> {
  const needed = built.parts.reduce((sum, { network }) => sum + network.weights.keptBytes, 0);
  for (const { role, network } of built.parts) {
    await store.put(`${role}.graph`, writeModel(network.graph), needed);
    const sink = store.sink(`${role}.weights`, needed);
    let read = 0;
    await prepare(network.weights, sink, {
      signal,
      between,
      onProgress(done) {
        onRead(done - read);
        read = done;
      },
    });
    await sink.close();
  }
  const { tokenizer, tokenizerConfig } = built;
  if (tokenizer) await store.put('tokenizer', await tokenizer.read(0, tokenizer.size, signal), needed);
  if (tokenizerConfig)
    await store.put('tokenizer-config', new TextEncoder().encode(JSON.stringify(tokenizerConfig)), needed);
}

/** A small piece through a sink, in chunks. */
export async function putThrough(sink: PieceSink, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength || at === 0; at += CHUNK_BYTES)
    await sink.write(new Uint8Array(bytes.subarray(at, at + CHUNK_BYTES)));
  await sink.close();
}

/** Where the weights lie in their pieces. Throws `unsupported-model` beyond what a tab can hold. */
export function layoutsOf({ parts }: Built): Manifest['layouts'] {
  return Object.fromEntries(parts.map(({ role, network }) => [role, layoutOf(network.weights)]));
}
