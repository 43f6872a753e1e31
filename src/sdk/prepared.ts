/** Models that this site hosts prepared: its files in place of published ones, checked against the app's own card. */
import type { ModelCard } from '../catalog/card';
import { cardOfPrepared, preparedProblem } from '../catalog/fits';
import {
  PREPARED_FOLDER,
  PREPARED_MANIFEST,
  type PreparedModel,
  type PreparedOffer,
  parsePrepared,
  preparedFiles,
} from '../catalog/prepared';
import { FailedError, InvalidError, toWinnowError, type WinnowError } from '../core/errors';
import { fileKey } from '../core/hub/address';
import { offline } from '../core/hub/errors';
import type { FoundFile } from '../rpc/downloads';
import { fetchFound } from './fetch';
import type { Gathered, GatherJob } from './gather';
import type { SiteModels } from './manifest';
import type { ModelState } from './types';

/** Names the site in the store of sources; the revision is of the manifest's hash, so that two bundles never mix. */
const REPO = 'winnow/prepared';

type Asked = Pick<GatherJob, 'card' | 'precision' | 'fetcher'> & {
  readonly signal?: AbortSignal | undefined;
};

export class PreparedModels {
  /** `models`: address of the folder of the bundled models, ending in a slash. */
  constructor(
    private readonly site: Pick<SiteModels, 'prepared' | 'preparedProblem'>,
    private readonly models: string,
  ) {}

  /** Of models that are in no catalog. */
  get cards(): readonly ModelCard[] {
    return this.site.prepared.flatMap(({ card }) => (card ? [card] : []));
  }

  /** What is hosted of a model; undefined when nothing is. */
  state(id: string): ModelState['prepared'] {
    const offer = this.#offer(id);
    return offer && { bytes: offer.bytes, precision: offer.precision };
  }

  /** What would be fetched. Rejects as `gather`. */
  async look(asked: Asked): Promise<readonly FoundFile[]> {
    return (await this.#open(asked)).found;
  }

  /**
   * Downloads a prepared model. Rejects with InvalidError 'invalid-input' where the site does not have it, or not in that
   * precision; 'invalid-model' where its manifest is not one or was made for another card (N20); FailedError
   * 'asset-corrupt' or 'asset-missing' where the manifest is not what the site's list promises; and as downloads do.
   */
  async gather(job: GatherJob): Promise<Gathered> {
    const { card, fetcher, signal } = job;
    const { model, found } = await this.#open(job);
    // Beside what was learned of the published files, which is still what the Hub will be compared with.
    await fetcher.run((remote) => remote.keepPins(`${card.id}/${PREPARED_FOLDER}`, found), signal);
    // Of one that is installed and damaged, or of an older one, most pieces may be those that are wanted.
    await fetcher
      .run((remote) => remote.salvage(card.id, found), signal)
      .catch((thrown: unknown) => {
        if (signal.aborted) throw thrown;
      });
    const fetching = await fetchFound(found, { mirror: `${this.models}${PREPARED_FOLDER}` }, job);
    const nameOf = ({ path }: FoundFile) => path.slice(card.id.length + 1);
    const keys = Object.fromEntries(found.map((file) => [nameOf(file), fileKey(file)]));
    return {
      files: () => [],
      card: cardOfPrepared(card, model),
      prepared: { model, keys },
      origin: { kind: 'bundle' },
      again: (error) => fetching.again(error),
      done: () => fetcher.run((remote) => remote.removeDownloads(card.id)),
    };
  }

  #offer(id: string): PreparedOffer | undefined {
    return this.site.prepared.find((offer) => offer.id === id);
  }

  async #open({ card, precision, fetcher, signal }: Asked): Promise<Opened> {
    const offer = this.#offer(card.id);
    if (!offer) throw notOffered(card, this.site.preparedProblem);
    if (precision !== undefined && precision !== offer.precision)
      throw new InvalidError(
        'invalid-input',
        `This site has ${card.name} prepared as ${offer.precision}, not as ${precision}. Choose another source for that.`,
        { model: card.id },
      );
    const url = `${this.models}${PREPARED_FOLDER}/${card.id}/${PREPARED_MANIFEST}`;
    const bytes = await fetcher
      .run((remote, inner) => remote.fetch({ url, ...offer.manifest }, undefined, inner), signal)
      .catch((thrown: unknown) => {
        throw unlike(card, toWinnowError(thrown));
      });
    const model = checked(card, offer, bytes);
    const sources = await fetcher.run((remote) => remote.sources(), signal);
    const here = new Map(sources.map(({ key, kept }) => [key, kept]));
    const revision = offer.manifest.sha256.slice(0, 40);
    const found = preparedFiles(model).map(({ path, bytes: size, sha256 }): FoundFile => {
      const file = { repo: REPO, revision, path: `${card.id}/${path}` };
      const kept = here.get(fileKey(file)) ?? 0;
      return { ...file, bytes: size, fetch: size, here: kept, sha256, known: 'source', partial: false };
    });
    return { model, found };
  }
}

interface Opened {
  readonly model: PreparedModel;
  readonly found: readonly FoundFile[];
}

/** The manifest, where it is one and fits list and card. Throws InvalidError('invalid-model'). */
function checked(card: ModelCard, offer: PreparedOffer, bytes: ArrayBuffer): PreparedModel {
  let model: PreparedModel;
  try {
    model = parsePrepared(new Uint8Array(bytes));
  } catch (thrown) {
    throw refused(card, `does not make sense: ${(thrown as Error).message}`, thrown);
  }
  if (model.bytes !== offer.bytes || model.precision !== offer.precision)
    throw refused(card, 'is not what its list of models says.');
  const problem = preparedProblem(card, model);
  if (problem !== undefined) throw refused(card, `${problem}.`);
  return model;
}

function notOffered(card: ModelCard, problem?: string): InvalidError {
  const why = problem === undefined ? '' : ` Its list of prepared models is not usable: ${problem}`;
  return new InvalidError('invalid-input', `This site does not have ${card.name} prepared.${why}`, {
    model: card.id,
  });
}

function refused(card: ModelCard, why: string, cause?: unknown): InvalidError {
  return new InvalidError(
    'invalid-model',
    `What this site has prepared of ${card.name} ${why} It is not used, and what is installed stays. Choose another source, or tell whoever runs this site.`,
    { model: card.id },
    { cause },
  );
}

/** The manifest is gone, or not the one that the list names; or nothing can be had of this site now. */
function unlike(card: ModelCard, error: WinnowError): WinnowError {
  if (error.code !== 'asset-corrupt' && error.code !== 'asset-missing') return error;
  if (error.code === 'asset-missing' && !navigator.onLine) return offline(location.host, false, error);
  const what = error.code === 'asset-missing' ? 'cannot be found' : 'is not what its list of models promises';
  return new FailedError(
    error.code,
    `What this site says of its prepared ${card.name} ${what}. It is not used, and what is installed stays. Reload the page; if that does not help, choose another source, or tell whoever runs this site.`,
    { model: card.id },
    { cause: error },
  );
}
