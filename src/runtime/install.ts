/**
 * Spine 1: card and files → recognise → build → compare → prepare → check → promote. Runs in a worker of its own, which
 * is ended afterwards: WASM never gives memory back.
 */
import { openCheckpoint } from '../core/checkpoint/open';
import { throwIfAborted } from '../core/errors';
import { writeModel } from '../core/onnx/write';
import { layoutOf } from '../core/prepare/layout';
import { prepare, readsOf } from '../core/prepare/prepare';
import type { InstallRequest, KeptModel, OnProgress } from '../rpc/contract';
import { type Built, type BuiltPart, buildModel } from './install/build';
import { checkFiles, hashedBytes, type SourceRecord, sourcesOf } from './install/files';
import { loadStored } from './load';
import { checkGoldens, makeReference } from './probes';
import { Draft } from './store/draft';
import type { Manifest, Reference } from './store/manifest';
import { readStored, verifyStored } from './store/stored';
import { unpackZip } from './unpack';

/**
 * Prepares a model from its published files and keeps it in this browser. Nothing is offered before all of it
 * succeeded, and what was kept until then is deleted. Rejects with InvalidError, UnsupportedError, FailedError
 * ('self-test-failed', 'out-of-memory', 'storage-full', 'storage-unavailable') or CancelledError.
 */
export async function installModel(
  request: InstallRequest,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<KeptModel> {
  const sources = sourcesOf(request.files);
  const opened = await openCheckpoint(sources, {
    ...(signal && { signal }),
    unpack: (archive, inner) => unpackZip(archive, inner ? { signal: inner } : {}),
  });
  const { precision, own } = request;
  const built = await buildModel(request.card, opened, { precision, own, signal });
  const progress = preparing(built, hashedBytes(request.card, sources), onProgress);
  const files = await checkFiles(request.card, sources, signal, progress.add);
  const draft = await Draft.begin(built.card.id, signal);
  try {
    await write(draft, built, progress, signal);
    const manifest = await checked(draft, built, files, request, onProgress, signal);
    throwIfAborted(signal);
    await draft.promote(manifest);
    const { card, bytes, at } = manifest;
    return { card, installed: { precision: manifest.precision, bytes, at, files } };
  } finally {
    // Does nothing once it was promoted; a failure to tidy up must not hide why it was needed.
    await draft.discard().catch(() => {});
  }
}

interface Preparing {
  add(bytes: number): void;
}

/** Bytes hashed and read so far, of all that will be. */
function preparing({ parts }: Built, hashed: number, onProgress?: OnProgress): Preparing {
  const total = parts.reduce((sum, { network }) => sum + readsOf(network.weights), hashed);
  let done = 0;
  onProgress?.({ phase: 'prepare', done, total });
  return {
    add(bytes) {
      done += bytes;
      onProgress?.({ phase: 'prepare', done, total });
    },
  };
}

async function write(draft: Draft, built: Built, progress: Preparing, signal?: AbortSignal): Promise<void> {
  const needed = built.parts.reduce((sum, { network }) => sum + network.weights.keptBytes, 0);
  for (const { role, network } of built.parts) {
    await draft.put(`${role}.graph`, writeModel(network.graph), needed);
    const sink = draft.sink(`${role}.weights`, needed);
    let read = 0;
    await prepare(network.weights, sink, {
      signal,
      onProgress(done) {
        progress.add(done - read);
        read = done;
      },
    });
    await sink.close();
  }
  const { tokenizer, tokenizerConfig } = built;
  if (tokenizer) await draft.put('tokenizer', await tokenizer.read(0, tokenizer.size, signal), needed);
  if (tokenizerConfig)
    await draft.put('tokenizer-config', new TextEncoder().encode(JSON.stringify(tokenizerConfig)), needed);
}

/** Reads back what was written, opens it as it will be opened, and asks it; the record, if all of that held. */
async function checked(
  draft: Draft,
  built: Built,
  files: readonly SourceRecord[],
  { runtime }: InstallRequest,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<Manifest> {
  const checking = (done: number, total: number) => onProgress?.({ phase: 'check', done, total });
  const record = recordOf(draft, built, files);
  const stored = await readStored(record);
  await verifyStored(stored, checking, signal);
  throwIfAborted(signal);
  const model = await loadStored(stored, runtime);
  try {
    await checkGoldens(model);
    const towerless = !built.parts.some(({ role }) => role === 'network');
    const reference = await makeReference(model, record.precision, towerless, signal);
    return { ...record, reference };
  } finally {
    await model.engine.dispose();
  }
}

/** Nothing reads the reference of a record that is not promoted. */
const NONE: Reference = { tolerance: 0, cases: [] };

function recordOf(draft: Draft, { card, precision, parts }: Built, files: readonly SourceRecord[]): Manifest {
  const layout = ({ role, network }: BuiltPart) => [role, layoutOf(network.weights)];
  return {
    version: 1,
    generation: draft.generation,
    card,
    precision,
    at: new Date().toISOString(),
    bytes: draft.bytes,
    files,
    pieces: draft.pieces,
    layouts: Object.fromEntries(parts.map(layout)),
    reference: NONE,
  };
}
