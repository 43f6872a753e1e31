/** The build's list of bundled models, read as what it is: a file from a server. */
import type { ModelCard, ModelFile, ModelManifest } from '../catalog/card';
import { cardProblem, FLAT_NAME } from '../catalog/check';
import { type PreparedOffer, parseOffers } from '../catalog/prepared';
import { FailedError } from '../core/errors';

const SHA256 = /^[0-9a-f]{64}$/;
const MAX_MODELS = 200;

export interface SiteModels {
  readonly models: ModelManifest['models'];
  readonly prepared: readonly PreparedOffer[];
  /** Why there is no prepared model although the site names some: the others work without. */
  readonly preparedProblem?: string;
}

/** Throws FailedError('asset-corrupt') for anything that is not a manifest this version understands. */
export function parseManifest(bytes: ArrayBuffer): SiteModels {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt('is not JSON', cause);
  }
  const { version, models, prepared } = (value ?? {}) as Record<string, unknown>;
  if (version !== 1) throw corrupt('is of another version');
  if (!Array.isArray(models) || models.length > MAX_MODELS) throw corrupt('has no list of models');
  const seen = new Set<string>();
  for (const entry of models) {
    const { card, files } = (entry ?? {}) as { card?: ModelCard; files?: unknown };
    if (!card || cardProblem(card) !== undefined || seen.has(card.id))
      throw corrupt('has a card that is not one');
    seen.add(card.id);
    if (!Array.isArray(files) || files.length === 0 || !files.every(isFile))
      throw corrupt(`does not say what the files of ${card.id} are`);
  }
  return { models: (value as ModelManifest).models, ...offered(prepared, seen) };
}

function offered(value: unknown, bundled: ReadonlySet<string>): Omit<SiteModels, 'models'> {
  try {
    const prepared = parseOffers(value).filter(({ id }) => !bundled.has(id));
    return { prepared };
  } catch (thrown) {
    return { prepared: [], preparedProblem: (thrown as Error).message };
  }
}

/** Files are fetched from beside the manifest, so their names lead nowhere else. */
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
