/** What stands under a model's name: what it is, and what it takes. */
import type { ModelCard } from '../../catalog/card';
import type { BenchModel } from '../../state/models';
import { bytes } from '../bench/words';

const SIZED = /\d\s?(kB|MB|GB)\b/;

/** "Image · 384 px · Apache-2.0 · 22 MB" */
export function rowFacts(model: BenchModel): string {
  const { card } = model;
  return [card.facts, card.licence.length <= 24 ? card.licence : undefined, sizeWords(model)]
    .filter(Boolean)
    .join(' · ');
}

/** "22 MB", "1.33 GB to fetch, 598 MB kept"; nothing where the facts say it, or nobody does. */
export function sizeWords({ card, bytes: size, prepared }: BenchModel): string | undefined {
  if (SIZED.test(card.facts)) return undefined;
  if (size > 0) return unbroken(size);
  const fetched = prepared?.bytes ?? published(card);
  const kept = prepared ? fetched : (card.install?.kept?.[card.install.precision.wasm] ?? fetched);
  if (fetched === 0) return undefined;
  return bytes(fetched) === bytes(kept)
    ? unbroken(kept)
    : `${unbroken(fetched)} to fetch, ${unbroken(kept)}\u00a0kept`;
}

/** A number and its unit stay on one line. */
const unbroken = (size: number): string => bytes(size).replaceAll(' ', '\u00a0');

/** Bytes of the files a model is installed from; 0 when its card does not say. */
export function published(card: ModelCard): number {
  if (card.install?.fetched !== undefined) return card.install.fetched;
  const needed = card.install?.files.filter((file) => !file.optional) ?? [];
  return needed.reduce((sum, { bytes: size = 0 }) => sum + size, 0);
}
