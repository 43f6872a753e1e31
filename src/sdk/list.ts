/** Which models there are: those of the build, those of the catalog, and those somebody brought. */
import type { ModelCard, ModelManifest } from '../catalog/card';
import { InvalidError } from '../core/errors';
import type { KeptModel } from '../rpc/contract';
import type { DownloadsState } from '../rpc/downloads';
import type { PreparedModels } from './prepared';
import type { ModelState } from './types';

/** What decides a model's numbers. Where a newer catalog agrees in it, its wording and thresholds are shown. */
const numbersOf = ({ labels, input, activation, embedding, install }: ModelCard): string =>
  JSON.stringify([labels, input, activation, embedding, install?.family]);

export class ModelList {
  #kept: ReadonlyMap<string, KeptModel> = new Map();
  #interrupted: ReadonlyMap<string, NonNullable<ModelState['interrupted']>> = new Map();

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

  /** Takes how far interrupted downloads are. */
  interrupted(found: DownloadsState['interrupted']): void {
    this.#interrupted = new Map(found.map(({ model, bytes, of }) => [model, { bytes, of }]));
  }

  /** The build's models, then the catalog's, then those that the site has prepared, then those somebody brought. */
  states(): readonly ModelState[] {
    const build = this.bundled.map(({ card, files }) => ({
      card,
      state: 'bundled' as const,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
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

  #state(card: ModelCard): ModelState {
    const kept = this.#kept.get(card.id);
    const interrupted = this.#interrupted.get(card.id);
    const prepared = this.prepared?.state(card.id);
    const more = { ...(interrupted && { interrupted }), ...(prepared && { prepared }) };
    if (!kept) return { card, state: 'available', bytes: 0, ...more };
    const { installed } = kept;
    const shown = numbersOf(kept.card) === numbersOf(card) ? card : kept.card;
    return { card: shown, state: 'installed', bytes: installed.bytes, installed, ...more };
  }
}

const firstOf = (cards: readonly ModelCard[], at: number): boolean =>
  cards.findIndex(({ id }) => id === cards[at]!.id) === at;
