/** Which parts of its files a model is prepared from, before they are here. */
import type { ByteSource } from '../../core/checkpoint/source';
import type { Checkpoint, StoredTensor } from '../../core/checkpoint/stored';
import type { ByteRange } from '../../core/hub/chunks';
import type { InstallRequest, NeededRanges } from '../../rpc/contract';
import type { Built } from './build';
import { openFiles } from './files';
import { openAndBuild } from './open';

/** As `InferenceContract.plan` says. */
export async function planInstall(
  request: Omit<InstallRequest, 'runtime'>,
  signal?: AbortSignal,
): Promise<NeededRanges[]> {
  const files = await openFiles(request.files);
  const { checkpoint, built } = await openAndBuild(request, files, signal);
  return files.flatMap(({ source, kept }) =>
    kept ? [{ key: kept.key, ranges: rangesOf(source, checkpoint.weights, built) }] : [],
  );
}

/** The header of a safetensors file and the tensors that are read of it; the whole of any other. */
export function rangesOf(
  source: ByteSource,
  weights: Checkpoint | undefined,
  { parts }: Pick<Built, 'parts'>,
): ByteRange[] {
  const whole = [{ start: 0, end: source.size }];
  const within = (tensor: StoredTensor) => tensor.source === source;
  const all = [...(weights?.values() ?? [])].filter(within);
  if (all.length === 0) return whole;
  const makings = parts.flatMap(({ network }) => network.weights.makings);
  // A making that does not say where it reads may read anywhere.
  if (makings.some(({ reads, from }) => reads > 0 && !from)) return whole;
  const header = { start: 0, end: Math.min(...all.map(({ start }) => start)) };
  return merged([header, ...makings.flatMap(({ from = [] }) => from.filter(within))]);
}

function merged(ranges: readonly ByteRange[]): ByteRange[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}
