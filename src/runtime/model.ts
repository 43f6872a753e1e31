/** An opened model: its card, its engine, and the check that both belong together. */
import type { ModelCard, SelfTestCase } from '../catalog/card';
import { FailedError, InvalidError, toWinnowError } from '../core/errors';
import { pattern } from '../core/image/patterns';
import type { Scores } from '../core/policy/types';
import { unscored } from '../core/policy/unscored';
import type { OnProgress, OpenedModel, OpenRequest } from '../rpc/contract';
import { probabilitiesOf } from './answer';
import { classifyImage } from './classify-image';
import { classifyText } from './classify-text';
import { type Engine, openEngine } from './engine';
import { pixelsFeed } from './preprocess';

export interface Model {
  readonly card: ModelCard;
  readonly opened: OpenedModel;
  classify(content: string | Blob, signal?: AbortSignal): Promise<Scores>;
  dispose(): Promise<void>;
}

/**
 * Opens a model and runs its self-test. Rejects with InvalidError('invalid-model'), FailedError
 * ('worker-failed', 'self-test-failed', 'out-of-memory'): a model that does not reproduce its own golden
 * answers (swapped labels, wrong preprocessing, a wrong backend) is never offered.
 */
export async function openModel(request: OpenRequest, onProgress?: OnProgress): Promise<Model> {
  const started = performance.now();
  const { card, files, runtime } = request;
  const network = files.find((file) => file.path.endsWith('.onnx'));
  if (!network) throw new InvalidError('invalid-model', `${card.name} has no network among its files.`);
  const engine = await openEngine(new Uint8Array(network.bytes), runtime);
  const distance = await selfTest(card, engine, onProgress).catch(async (error: unknown) => {
    await engine.dispose();
    throw error;
  });
  return {
    card,
    opened: {
      backend: engine.backend,
      precision: engine.precision,
      threads: engine.threads,
      ...(distance !== undefined && { selfTestDistance: distance }),
      milliseconds: performance.now() - started,
    },
    classify: (content, signal) => classify(card, engine, content, signal),
    dispose: () => engine.dispose(),
  };
}

async function classify(
  card: ModelCard,
  engine: Engine,
  content: string | Blob,
  signal?: AbortSignal,
): Promise<Scores> {
  const started = performance.now();
  try {
    return typeof content === 'string'
      ? await classifyText(card, engine, content, signal)
      : await classifyImage(card, engine, content, signal);
  } catch (thrown) {
    const error = toWinnowError(thrown);
    if (error.kind === 'cancelled') throw error;
    return unscored(card, error, performance.now() - started);
  }
}

/** Largest probability difference to the card's goldens; undefined when the card has none. */
async function selfTest(
  card: ModelCard,
  engine: Engine,
  onProgress?: OnProgress,
): Promise<number | undefined> {
  if (!card.selfTest) return undefined;
  const { cases, tolerance } = card.selfTest;
  let largest = 0;
  for (const [at, golden] of cases.entries()) {
    const found = await selfTestProbabilities(card, engine, golden);
    const distance = Math.max(...golden.probabilities.map((value, label) => Math.abs(value - found[label]!)));
    // Written so that NaN fails too.
    if (!(distance <= tolerance))
      throw new FailedError(
        'self-test-failed',
        `${card.name} was off by ${distance.toFixed(3)} in its check, so it is not used. Try another browser.`,
        { distance, tolerance },
      );
    largest = Math.max(largest, distance);
    onProgress?.({ phase: 'check', done: at + 1, total: cases.length });
  }
  return largest;
}

async function selfTestProbabilities(
  card: ModelCard,
  engine: Engine,
  golden: SelfTestCase,
): Promise<readonly number[]> {
  if ('text' in golden) return (await classifyText(card, engine, golden.text)).probabilities;
  if (card.input.kind !== 'image')
    throw new InvalidError('invalid-model', 'A text model has a picture as golden.');
  const pixels = pixelsFeed(pattern(golden.pattern), card.input);
  return probabilitiesOf(card, await engine.run({ pixels })).probabilities;
}
