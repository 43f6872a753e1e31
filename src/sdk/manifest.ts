/** The build's list of bundled models, read as what it is: a file from a server. */
import type { ModelCard, ModelFile, ModelManifest } from '../catalog/card';
import { FailedError } from '../core/errors';

/** Files are fetched from beside the manifest: flat names only, so that no entry can point elsewhere. */
const FLAT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_MODELS = 200;

/** Throws FailedError('asset-corrupt') for anything that is not a manifest this version understands. */
export function parseManifest(bytes: ArrayBuffer): ModelManifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt('is not JSON', cause);
  }
  const { version, models } = (value ?? {}) as { version?: unknown; models?: unknown };
  if (version !== 1) throw corrupt('is of another version');
  if (!Array.isArray(models) || models.length > MAX_MODELS) throw corrupt('has no list of models');
  const seen = new Set<string>();
  for (const entry of models) {
    const { card, files } = (entry ?? {}) as { card?: unknown; files?: unknown };
    if (!isCard(card) || seen.has(card.id)) throw corrupt('has a card that is not one');
    seen.add(card.id);
    if (!Array.isArray(files) || files.length === 0 || !files.every(isFile))
      throw corrupt(`does not say what the files of ${card.id} are`);
  }
  return value as ModelManifest;
}

/** The fields whose absence or disorder would let wrong scores through; wording fields are not checked. */
function isCard(value: unknown): value is ModelCard {
  const card = value as Partial<ModelCard> | null;
  if (typeof card !== 'object' || card === null) return false;
  if (typeof card.id !== 'string' || !FLAT_NAME.test(card.id) || typeof card.name !== 'string') return false;
  if (card.task !== 'image' && card.task !== 'text') return false;
  if (card.activation !== 'softmax' && card.activation !== 'sigmoid') return false;
  if (!Array.isArray(card.labels) || !Array.isArray(card.scores) || !card.input) return false;
  const labels = new Set(card.labels.map((label: { name: string }) => label.name));
  return (
    labels.size === card.labels.length &&
    card.scores.some((score) => score.risk) &&
    card.scores.every(
      (score) => score.labels.length > 0 && score.labels.every((label: string) => labels.has(label)),
    )
  );
}

function isFile(value: unknown): value is ModelFile {
  const file = value as Partial<ModelFile> | null;
  return (
    typeof file?.path === 'string' &&
    FLAT_NAME.test(file.path) &&
    Number.isSafeInteger(file.bytes) &&
    typeof file.sha256 === 'string' &&
    SHA256.test(file.sha256)
  );
}

function corrupt(what: string, cause?: unknown): FailedError {
  return new FailedError('asset-corrupt', `The list of models ${what}. Reload the page.`, {}, { cause });
}
