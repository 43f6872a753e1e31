/** What a model's files are: by its card, by an earlier installation, or by the source when it is asked. */
import { FailedError, toWinnowError } from '../../core/errors';
import { base, fileKey, isCommit } from '../../core/hub/address';
import { chunkCount } from '../../core/hub/chunks';
import { changedAtSource, notPinned } from '../../core/hub/errors';
import type { FoundFile, Learned, LookRequest, WantedFile } from '../../rpc/downloads';
import { sha256 } from '../store/hash';
import { heldBytes, presentChunks, readRecord } from './chunks';
import { learnFile, type RepositoryInfo } from './learn';
import type { Means } from './means';
import { type Pin, readPins } from './pins';
import { refuseForeign } from './repository';

/** As `DownloadsContract.look` says. */
export async function lookFor(
  request: LookRequest,
  means: Means,
  signal?: AbortSignal,
): Promise<FoundFile[]> {
  const { mirror, model, files, own, acceptChanged } = request;
  const pins = await readPins(model);
  const stand = mirror === undefined ? undefined : await standIn(mirror);
  const look = new Look(request, means, signal, acceptChanged ? [] : pins, stand);
  const found: FoundFile[] = [];
  for (const wanted of files) {
    const one = await look.find(wanted);
    if (one) found.push(one);
  }
  if (found.length === 0)
    throw new FailedError('not-found', 'The source has none of this model’s files. Use another source.');
  if (own && found.some(({ here, fetch: part }) => here < part))
    await refuseForeign(request, found, means, signal);
  return found;
}

/** In place of a commit, for a folder that knows none: what came from another is never gone on with. */
const standIn = async (mirror: string): Promise<string> =>
  (await sha256(new TextEncoder().encode(base(mirror)))).slice(0, 40);

interface Facts {
  readonly revision: string;
  readonly made?: boolean;
  readonly bytes: number;
  readonly sha256?: string | undefined;
  readonly known: FoundFile['known'];
  readonly fetch?: number;
}

class Look {
  readonly #infos = new Map<string, RepositoryInfo>();

  constructor(
    private readonly request: LookRequest,
    private readonly means: Means,
    private readonly signal: AbortSignal | undefined,
    private readonly pins: readonly Pin[],
    /** What stands for a commit, of a mirror. */
    private readonly stand: string | undefined,
  ) {}

  /** Undefined for an optional file that the source does not have. */
  async find(wanted: WantedFile): Promise<FoundFile | undefined> {
    const pin = this.#pinOf(wanted);
    const facts = this.#byCard(wanted) ?? (pin && (await this.#begun(pin)));
    if (facts) return foundFile(wanted, facts);
    try {
      return await foundFile(wanted, await this.#asked(wanted, pin));
    } catch (thrown) {
      if (wanted.optional && toWinnowError(thrown).code === 'not-found') return undefined;
      throw thrown;
    }
  }

  #pinOf({ repo, path, bytes, sha256: hash }: WantedFile): Pin | undefined {
    const pin = this.pins.find((one) => one.repo === repo && one.path === path);
    if (!pin) return undefined;
    // The card's word goes before what was learned under an older one.
    const agrees = (bytes ?? pin.bytes) === pin.bytes && (hash ?? pin.sha256) === (pin.sha256 ?? hash);
    return agrees ? pin : undefined;
  }

  /** What the card pins altogether needs no asking. */
  #byCard({ revision, bytes, sha256: hash }: WantedFile): Facts | undefined {
    if (bytes === undefined || hash === undefined) return undefined;
    if (isCommit(revision)) return { revision, bytes, sha256: hash, known: 'card' };
    return this.stand === undefined
      ? undefined
      : { revision: this.stand, made: true, bytes, sha256: hash, known: 'card' };
  }

  /** What has begun goes on as it began, where this source can; what is all here needs nobody. */
  async #begun(pin: Pin): Promise<Facts | undefined> {
    const record = await readRecord(fileKey(pin));
    if (!record || record.bytes !== pin.bytes || Object.keys(record.chunks).length === 0) return undefined;
    const whole = (await presentChunks(record)).size === chunkCount(record.bytes);
    return whole || this.#has(pin) ? factsOf(pin) : undefined;
  }

  /** Whether this source can be asked for exactly what was begun, so that nothing is mixed. */
  #has({ revision, sha256: hash, made }: Pin): boolean {
    if (this.stand === undefined) return !made;
    return hash !== undefined || revision === this.stand;
  }

  async #asked(wanted: WantedFile, pin: Pin | undefined): Promise<Facts> {
    const learned = await this.#learn(wanted, pin);
    const { path, bytes, sha256: hash } = wanted;
    if ((bytes ?? learned.bytes) !== learned.bytes || differ(hash, learned.sha256))
      throw notPinned(path, shown(hash, bytes), shown(learned.sha256, learned.bytes));
    if (pin && (pin.bytes !== learned.bytes || differ(pin.sha256, learned.sha256)))
      throw changedAtSource(path, shown(pin.sha256, pin.bytes), shown(learned.sha256, learned.bytes));
    const known = hash ?? pin?.sha256 ?? learned.sha256;
    const who = hash ? 'card' : pin?.sha256 ? 'kept' : 'source';
    return {
      ...this.#version(learned, pin),
      ...{ bytes: learned.bytes, sha256: known, known: known === undefined ? 'size' : who },
      ...(pin && { fetch: pin.fetch }),
    };
  }

  /** A mirror's file goes by the commit whose contents it is known to have, or by the mirror. */
  #version({ revision }: Learned, pin: Pin | undefined): Pick<Facts, 'revision' | 'made'> {
    if (this.stand === undefined) return { revision };
    if (pin?.sha256 !== undefined && !pin.made) return { revision: pin.revision };
    return { revision: this.stand, made: true };
  }

  /** Asks for the version that was learned, and for the one the card names where that is gone. */
  async #learn({ repo, path, revision }: WantedFile, pin: Pin | undefined): Promise<Learned> {
    // Files of one repository are of one commit.
    const commit = pin ?? this.pins.find((one) => one.repo === repo);
    const ask = (version: string) =>
      learnFile({ ...this.request, repo, path, revision: version }, this.means, this.signal, this.#infos);
    if (this.stand !== undefined || !commit || commit.made) return ask(this.#seen(repo, revision));
    return ask(commit.revision).catch((thrown: unknown) => {
      if (toWinnowError(thrown).data.reason !== 'RevisionNotFound') throw thrown;
      return ask(this.#seen(repo, revision));
    });
  }

  /** The commit that an earlier question about this branch was answered with. */
  #seen(repo: string, revision: string): string {
    return this.#infos.get(`${repo}@${revision}`)?.commit ?? revision;
  }
}

const differ = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const shown = (hash: string | undefined, bytes: number | undefined): string =>
  hash ?? `${bytes ?? '?'} bytes`;

const factsOf = ({ revision, made, bytes, sha256: hash, fetch: part }: Pin): Facts => ({
  ...{ revision, bytes, sha256: hash, known: hash === undefined ? 'size' : 'kept', fetch: part },
  ...(made && { made }),
});

async function foundFile(wanted: WantedFile, facts: Facts): Promise<FoundFile> {
  const { repo, path, chunkSha256, part } = wanted;
  const { bytes, revision, sha256: hash } = facts;
  const wanting = Math.min(bytes, part === undefined ? bytes : (facts.fetch ?? part));
  const record = await readRecord(fileKey({ repo, revision, path }));
  const held = record?.bytes === bytes ? heldBytes(record) : 0;
  return {
    ...{ repo, revision, path, bytes, known: facts.known, partial: part !== undefined },
    ...{ fetch: wanting, here: Math.min(held, wanting) },
    ...(hash !== undefined && { sha256: hash }),
    ...(chunkSha256 && { chunkSha256 }),
    ...(facts.made && { made: true }),
  };
}
