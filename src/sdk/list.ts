/** Which models there are: those of the build, those of the catalog, and those somebody brought. */
import type { ModelCard, ModelManifest } from '../catalog/card';
import { InvalidError } from '../core/errors';
import type { Installed, KeptModel } from '../rpc/contract';
import type { DownloadsState } from '../rpc/downloads';
import type { PreparedModels } from './prepared';
import type { ModelState } from './types';

/** What decides a model's numbers. Where a newer catalog agrees in it, its wording and thresholds are shown. */
const numbersOf = ({ labels, input, activation, embedding, install }: ModelCard): string =>
  JSON.stringify([labels, input, activation, embedding, install?.family]);

export class ModelList {
  #kept: ReadonlyMap<string, KeptModel> = new Map();
  #interrupted: ReadonlyMap<string, NonNullable<ModelState['interrupted']>> = new Map();
  #wanted: DownloadsState['wanted'] = [];
  /** Bytes found damaged, and of which installation. */
  readonly #damaged = new Map<string, { readonly at: string; readonly bytes: number }>();

  constructor(
    private readonly bundled: ModelManifest['models'],
    private readonly catalog: readonly ModelCard[],
    private readonly prepared?: Pick<PreparedModels, 'cards' | 'state'>,
  ) {}

  /** Takes what is installed now; returns the ids of models that went or were installed anew. */
  update(kept: readonly KeptModel[]): readonly string[] {
    const before = this.#kept;
    this.#kept = new Map(kept.map((model) => [model.card.id, model]));
    return [...before].flatMap(([id, { installed }]) =>
      this.#kept.get(id)?.installed.at === installed.at ? [] : [id],
    );
  }

  /** Takes how far interrupted downloads are, and what installing fetches. */
  downloads({ interrupted, wanted }: Pick<DownloadsState, 'interrupted' | 'wanted'>): void {
    this.#interrupted = new Map(interrupted.map(({ model, bytes, of }) => [model, { bytes, of }]));
    this.#wanted = wanted;
  }

  /** Takes how much of the model that was installed then is damaged. */
  damaged(id: string, at: string, bytes: number): void {
    this.#damaged.set(id, { at, bytes });
  }

  /** The build's models, then the catalog's, then those that the site has prepared, then those somebody brought. */
  states(): readonly ModelState[] {
    const build = this.bundled.map(({ card, files }) => ({
      card,
      state: 'bundled' as const,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      ...hashOf(files),
    }));
    const known = new Set(build.map(({ card }) => card.id));
    const offered = [...this.catalog, ...(this.prepared?.cards ?? [])];
    const listed = offered.filter(({ id, install }, at) => install && !known.has(id) && firstOf(offered, at));
    for (const { id } of listed) known.add(id);
    const own = [...this.#kept.values()].filter(({ card }) => !known.has(card.id));
    return [
      ...build,
      ...listed.map((card) => this.#state(card)),
      ...own.map(({ card }) => this.#state(card)),
    ];
  }

  state(id: string): ModelState | undefined {
    return this.states().find(({ card }) => card.id === id);
  }

  /** The card to install, and whether it is somebody's own. Throws InvalidError('invalid-input'). */
  cardFor(model: string | ModelCard): { card: ModelCard; own: boolean } {
    const id = typeof model === 'string' ? model : model.id;
    if (this.bundled.some(({ card }) => card.id === id))
      throw new InvalidError('invalid-input', `${id} is part of the build, so it need not be installed.`, {
        model: id,
      });
    const listed = this.catalog.find((card) => card.id === id && card.install);
    const hosted = this.prepared?.cards.find((card) => card.id === id);
    const card = typeof model === 'string' ? (listed ?? hosted ?? this.#kept.get(id)?.card) : model;
    if (!card) throw new InvalidError('invalid-input', `There is no model named ${id}.`, { model: id });
    return { card, own: listed === undefined };
  }

  /** Throws InvalidError('invalid-input') for a model that cannot be deleted. */
  mayGo(id: string): void {
    const state = this.state(id);
    if (!state) throw new InvalidError('invalid-input', `There is no model named ${id}.`, { model: id });
    if (state.state === 'bundled')
      throw new InvalidError('invalid-input', `${state.card.name} is part of the build and stays.`, {
        model: id,
      });
  }

  #state(card: ModelCard): ModelState {
    const kept = this.#kept.get(card.id);
    const interrupted = this.#interrupted.get(card.id);
    const prepared = this.prepared?.state(card.id);
    const more = { ...(interrupted && { interrupted }), ...(prepared && { prepared }) };
    if (!kept) return { card, state: 'available', bytes: 0, ...more };
    const { installed } = kept;
    const shown = numbersOf(kept.card) === numbersOf(card) ? card : kept.card;
    const cost = this.#repairBytes(installed, card, prepared?.bytes);
    const repair = cost === undefined ? {} : { repairBytes: cost };
    return { card: shown, state: 'installed', bytes: installed.bytes, installed, ...repair, ...more };
  }

  /**
   * As `ModelState.repairBytes`. Which pieces are damaged does not tell which parts of the published files to get: a weight is
   * made of others, or of several, and is compared as a whole with what it was. So it is prepared anew, of all of them, but
   * what an interrupted download has left of them does not come twice.
   */
  #repairBytes(installed: Installed, card: ModelCard, prepared: number | undefined): number | undefined {
    const { origin, files, bytes, at } = installed;
    const site = origin?.kind === 'bundle';
    const wanted = this.#wanted.find((one) => one.model === card.id && one.site === site);
    const here = wanted?.bytes ?? 0;
    if (site) {
      const found = this.#damaged.get(card.id);
      // What has begun says what is missing; another version on the site may have no piece in common with this one.
      if (here > 0) return Math.max(0, wanted!.of - here);
      return found?.at === at && prepared === bytes ? found.bytes : (prepared ?? bytes);
    }
    if (!origin || origin.kind === 'files' || files.some(({ repo }) => repo === undefined)) return undefined;
    return Math.max(0, (wanted?.of ?? publishedBytes(installed, card)) - here);
  }
}

/** Bytes of the files that it was made from, and of the parts where the card says how much of one is needed. */
function publishedBytes({ files }: Installed, { install }: ModelCard): number {
  const partOf = (name: string) => install?.files.find(({ path }) => path === name)?.partBytes;
  return files.reduce((sum, file) => sum + ((file.partial && partOf(file.name)) || file.bytes), 0);
}

const firstOf = (cards: readonly ModelCard[], at: number): boolean =>
  cards.findIndex(({ id }) => id === cards[at]!.id) === at;

function hashOf(files: ModelManifest['models'][number]['files']): Pick<ModelState, 'sha256'> {
  const [largest] = [...files].sort((a, b) => b.bytes - a.bytes);
  return largest ? { sha256: largest.sha256 } : {};
}
