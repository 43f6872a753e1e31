/** Each kind of source, as what it gives to be installed. */
import { InvalidError } from '../core/errors';
import { fetchFiles } from './fetch';
import { type Gathered, type GatherJob, picked } from './gather';
import type { InstallSource } from './types';

/** Rejects with what stands in the way, worded for whoever installs. */
type Gather<Source extends InstallSource = InstallSource> = (
  source: Source,
  job: GatherJob,
) => Promise<Gathered>;

type Kinds = { readonly [Kind in InstallSource['kind']]: Gather<Extract<InstallSource, { kind: Kind }>> };

const KINDS: Kinds = {
  files: async ({ files }, { card, given }) => {
    const all = [...files, ...given].map(picked);
    if (all.length === 0)
      throw new InvalidError('invalid-input', `Choose the files of ${card.name}.`, { model: card.id });
    return { files: () => all, origin: { kind: 'files' } };
  },
  hub: fetchFiles,
  mirror: fetchFiles,
  bundle: (_, job) => job.fromSite(job),
};

export async function gather(source: InstallSource, job: GatherJob): Promise<Gathered> {
  const kind = Object.hasOwn(KINDS, source.kind) ? (KINDS[source.kind] as Gather) : undefined;
  if (!kind)
    throw new InvalidError('invalid-input', `There is no source of the kind ${String(source.kind)}.`);
  return kind(source, job);
}
