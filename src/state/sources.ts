/** Where models come from: what somebody chose for each, and what that source says it would send. */
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Installing, InstallSource, ModelState, SourceInfo } from '../sdk/types';
import type { Announcer } from './announce';
import { isOwn } from './own-card';
import type { PickedFile } from './picking';
import type { Keeper, Kept } from './storage';
import { Store } from './store';

export type SourceKind = InstallSource['kind'];

/** What a source said of the files it would send. */
export interface Look {
  readonly status: 'asking' | 'known' | 'failed';
  readonly info?: SourceInfo;
  readonly error?: SerializedError;
}

export interface Choice {
  readonly kind: SourceKind;
  /** Of a mirror, as typed. */
  readonly url: string;
  /** Somebody asked to install from it: from then on a source is looked at as soon as it is chosen. */
  readonly asked: boolean;
  /** What the source has now is taken, though an earlier installation learned of something else. */
  readonly accept: boolean;
  /** The source asked for a token, whatever the card says. */
  readonly gated: boolean;
  /** Files that the source does not have, from this machine. */
  readonly given: readonly PickedFile[];
  readonly look?: Look;
}

export interface SourcesState {
  /** By model id. */
  readonly choices: ReadonlyMap<string, Choice>;
  /** Of a Hub account: here and nowhere else, until the page is closed. */
  readonly token: string;
}

export interface SourcesOptions {
  readonly winnow: Pick<Installing, 'look'>;
  readonly keeper: Pick<Keeper, 'kept' | 'keep'>;
  readonly announcer: Pick<Announcer, 'say' | 'alarm'>;
  /** The page's address, which a mirror's may be relative to. */
  readonly base: string;
}

const FRESH = { accept: false, given: [] } as const;

type Offered = Pick<ModelState, 'card' | 'prepared' | 'interrupted'>;

/** The ways to a model's files, the best first. */
export function waysTo({ card, prepared }: Offered): readonly SourceKind[] {
  const published = !isOwn(card) || card.source.url !== '';
  return [
    ...(prepared ? ['bundle' as const] : []),
    ...(published ? (['hub', 'mirror'] as const) : []),
    'files',
  ];
}

export class Sources {
  readonly store = new Store<SourcesState>({ choices: new Map(), token: '' });
  readonly #options: SourcesOptions;
  readonly #looking = new Map<string, AbortController>();
  /** The mirror that was typed last: others are likely to be beside it. */
  #mirror = '';

  constructor(options: SourcesOptions) {
    this.#options = options;
  }

  /** As chosen; otherwise where an interrupted download came from, or the best there is. */
  choice(model: Offered): Choice {
    const chosen = this.store.get().choices.get(model.card.id);
    if (chosen) return chosen;
    const ways = waysTo(model);
    const before = this.#options.keeper.kept.sources?.[model.card.id];
    const kind = before && ways.includes(before.kind) ? before.kind : ways[0]!;
    return { kind, url: before?.url ?? this.#mirror, ...FRESH, asked: false, gated: false };
  }

  /** *Install*: shows what would be fetched, which the source is asked for once that is possible. */
  ask(model: Offered): void {
    const choice = this.choice(model);
    this.#set(model.card.id, { ...choice, asked: true });
    if (!choice.look && this.missing(model) === undefined) void this.look(model);
  }

  choose(model: Offered, kind: SourceKind): void {
    const { url, asked, gated } = this.choice(model);
    this.#stop(model.card.id);
    this.#set(model.card.id, { ...FRESH, kind, url, asked, gated });
    if (asked && this.missing(model) === undefined) void this.look(model);
  }

  /** Of the mirror, as it is typed. */
  address(model: Offered, url: string): void {
    const { kind, asked, gated } = this.choice(model);
    this.#mirror = url;
    this.#stop(model.card.id);
    this.#set(model.card.id, { ...FRESH, kind, url, asked, gated });
  }

  /** As it is pasted; the empty text forgets it. */
  token(token: string): void {
    this.store.update((state) => ({ ...state, token: token.trim() }));
  }

  /** What is still to be given before this source can be asked. */
  missing(model: Offered): 'token' | 'address' | 'files' | undefined {
    const { kind, url } = this.choice(model);
    if (kind === 'files') return 'files';
    if (kind === 'mirror') return this.#address(url) === undefined ? 'address' : undefined;
    return kind === 'hub' && this.gated(model) && this.store.get().token === '' ? 'token' : undefined;
  }

  /** Whether the Hub asks for a token: the card says so, or the Hub did. */
  gated(model: Offered): boolean {
    return model.card.install?.gated === true || this.choice(model).gated;
  }

  /** What the SDK is told; `undefined` for files, and while something is missing. */
  source(model: Offered): InstallSource | undefined {
    const { kind, url } = this.choice(model);
    const { token } = this.store.get();
    if (this.missing(model) !== undefined || kind === 'files') return undefined;
    if (kind === 'mirror') return { kind, url: this.#address(url)! };
    return kind === 'hub' ? { kind, ...(token !== '' && { token }) } : { kind };
  }

  /** Asks the source what it would send. What goes wrong is shown beside the choice, never thrown. */
  async look(model: Offered, accept = this.choice(model).accept): Promise<void> {
    const { id, name } = model.card;
    const source = this.source(model);
    if (!source) return;
    this.#stop(id);
    if (source.kind === 'bundle') return this.#prepared(model);
    const controller = new AbortController();
    this.#looking.set(id, controller);
    this.#set(id, { ...this.choice(model), asked: true, accept, given: [], look: { status: 'asking' } });
    const done = (look: Look | undefined) => {
      if (this.#looking.get(id) !== controller) return;
      this.#looking.delete(id);
      const { look: _, ...choice } = this.choice(model);
      const gated = choice.gated || look?.error?.code === 'gated';
      this.#set(id, { ...choice, gated, ...(look && { look }) });
    };
    try {
      const info = await this.#options.winnow.look(model.card, {
        source,
        acceptChanged: accept,
        signal: controller.signal,
      });
      done({ status: 'known', info });
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (error.kind === 'cancelled') return done(undefined);
      done({ status: 'failed', error: error.serialize() });
      if (!controller.signal.aborted) this.#options.announcer.alarm(`${name}: ${error.message}`);
    }
  }

  /** Of what a site has prepared, its list says everything. */
  #prepared(model: Offered): void {
    const { prepared, interrupted } = model;
    const info = {
      ...{ files: [], elsewhere: [] },
      ...{ bytes: prepared?.bytes ?? 0, here: interrupted?.bytes ?? 0 },
    };
    const choice = this.choice(model);
    this.#set(model.card.id, { ...choice, asked: true, look: { status: 'known', info } });
  }

  /** Files that the chosen source does not have and the model needs, and that were not given yet. */
  lacking(model: Offered): NonNullable<Look['info']>['elsewhere'] {
    const { look, given } = this.choice(model);
    const needed = look?.info?.elsewhere.filter(({ optional }) => !optional) ?? [];
    return needed.filter(({ path }) => !given.some((one) => nameOf(one.path) === nameOf(path)));
  }

  /** Takes those of these files that the source does not have; false when it lacks none of them. */
  give(model: Offered, files: readonly PickedFile[]): boolean {
    const choice = this.choice(model);
    const wanted = choice.look?.info?.elsewhere ?? [];
    const taken = files.filter(({ path }) => wanted.some((one) => nameOf(one.path) === nameOf(path)));
    if (taken.length === 0) return false;
    const names = new Set(taken.map(({ path }) => nameOf(path)));
    const others = choice.given.filter(({ path }) => !names.has(nameOf(path)));
    this.#set(model.card.id, { ...choice, given: [...others, ...taken] });
    return true;
  }

  /** Whoever asked does not want to know any more. */
  stop(id: string): void {
    this.#looking.get(id)?.abort();
  }

  /** Back to how it was before *Install*. */
  close(id: string): void {
    this.#stop(id);
    this.#set(id, undefined);
  }

  /** An installation began: it goes on from there after a reload. A token is not part of it. */
  began(id: string, source: InstallSource): void {
    if (source.kind === 'files') return;
    const url = source.kind === 'mirror' ? source.url : undefined;
    this.#keep({ ...this.#kept(), [id]: { kind: source.kind, ...(url && { url }) } });
  }

  /** It failed: what the source said before no longer holds. */
  failed(id: string, { code }: SerializedError): void {
    const choice = this.store.get().choices.get(id);
    if (!choice) return;
    const { look: _, ...rest } = choice;
    this.#set(id, { ...rest, accept: false, gated: choice.gated || code === 'gated' });
  }

  /** It is installed, or given up. */
  ended(id: string): void {
    this.close(id);
    const { [id]: _, ...others } = this.#kept();
    if (_) this.#keep(others);
  }

  dispose(): void {
    for (const controller of this.#looking.values()) controller.abort();
    this.#looking.clear();
    this.token('');
  }

  #kept() {
    return this.#options.keeper.kept.sources ?? {};
  }

  #keep(sources: NonNullable<Kept['sources']>): void {
    this.#options.keeper.keep({ sources });
  }

  #address(url: string): string | undefined {
    if (url.trim() === '') return undefined;
    try {
      const address = new URL(url.trim(), this.#options.base);
      return /^https?:$/.test(address.protocol) ? address.href : undefined;
    } catch {
      return undefined;
    }
  }

  #stop(id: string): void {
    this.#looking.get(id)?.abort();
    this.#looking.delete(id);
  }

  #set(id: string, choice: Choice | undefined): void {
    this.store.update((state) => {
      const choices = new Map(state.choices);
      if (choice) choices.set(id, choice);
      else choices.delete(id);
      return { ...state, choices };
    });
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
