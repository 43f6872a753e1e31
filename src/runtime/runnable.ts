/** A model whose networks are open: content in, scores or embeddings out. */
import type { ModelCard } from '../catalog/card';
import { toWinnowError, UnsupportedError, type WinnowError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { unscored } from '../core/policy/unscored';
import type { Embedding, EmbeddingRows, EmbeddingScores, PreparedPicture } from '../rpc/contract';
import { chain, checkedEmbedding, type Engines } from './chain';
import { classifyImage, classifyPixels } from './classify-image';
import { classifyText } from './classify-text';
import type { TokenModel } from './classify-tokens';
import { embedImage } from './embed-image';
import type { Engine } from './engine';
import { scoreEmbeddings } from './score-embeddings';

export interface Runnable {
  readonly card: ModelCard;
  /** Network and head as one. */
  readonly engine: Engine;
  readonly head: Engine | undefined;
  /** As `classify`, but rejects with what went wrong. */
  score(content: string | Blob | PreparedPicture, signal?: AbortSignal): Promise<Scores>;
  /** Never rejects but with CancelledError and 'gpu-lost', after which another worker may score it: what could not be scored says so. */
  classify(content: string | Blob | PreparedPicture, signal?: AbortSignal): Promise<Scores>;
  /** As `classify`, for embeddings. */
  embed(content: string | Blob, signal?: AbortSignal): Promise<Embedding>;
  scoreEmbeddings(rows: EmbeddingRows, signal?: AbortSignal): Promise<EmbeddingScores>;
}

export function runnable(card: ModelCard, engines: Engines, tokens?: TokenModel): Runnable {
  const engine = chain(card, engines);
  const score: Runnable['score'] = (content, signal) => {
    if (content instanceof Blob) return classifyImage(card, engine, content, signal);
    if (typeof content !== 'string') return classifyPixels(card, engine, content, signal);
    return tokens ? tokens.classify(content, signal) : classifyText(card, engine, content, signal);
  };
  const values = async (content: string | Blob, signal?: AbortSignal) => {
    if (typeof content !== 'string') return embedImage(card, engine, content, signal);
    if (tokens) return checkedEmbedding(card, await tokens.embed(content, signal));
    throw new UnsupportedError('unsupported-model', `${card.name} gives no embedding of a text.`);
  };
  return {
    card,
    engine,
    head: engines.head,
    score,
    classify: (content, signal) =>
      orElse(
        () => score(content, signal),
        (error, milliseconds) => unscored(card, error, milliseconds, engine),
      ),
    embed: (content, signal) => {
      const started = performance.now();
      return orElse<Embedding>(
        async () => ({
          status: 'embedded',
          values: await values(content, signal),
          ...common(card, engine, performance.now() - started),
        }),
        (error, milliseconds) => ({
          status: error.kind === 'unsupported' ? 'unsupported' : 'error',
          values: new Float32Array(0),
          ...common(card, engine, milliseconds),
          code: error.code,
          reason: error.message,
        }),
      );
    },
    scoreEmbeddings: (rows, signal) => scoreEmbeddings(card, engines.head, rows, signal),
  };
}

function common(card: ModelCard, { backend, precision }: Engine, milliseconds: number) {
  const normalised = card.embedding?.normalised ?? false;
  return { model: card.id, normalised, backend, precision, milliseconds };
}

/** What `work` gives, or what `failed` makes of its error; a cancellation stays one, and so does a loss of the whole worker. */
async function orElse<T>(
  work: () => Promise<T>,
  failed: (error: WinnowError, milliseconds: number) => T,
): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } catch (thrown) {
    const error = toWinnowError(thrown);
    if (error.kind === 'cancelled' || error.code === 'gpu-lost') throw error;
    return failed(error, performance.now() - started);
  }
}
