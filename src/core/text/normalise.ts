/** The readings of a text that are scored: as given, cleaned, and as it looks. The worst counts. */
import { findHidden } from './hidden';
import { isPlain, normaliseText } from './nfkc';
import { identity, type Reading, rawReading } from './reading';
import { skeletonText } from './skeleton';

export type { Reading } from './reading';

/**
 * Well-formed NFKC without hidden characters, runs of combining marks capped, white space collapsed.
 * Idempotent and linear; at most four times as long as the text (U01, U03 to U08).
 */
export function normalise(text: string): Reading {
  if (isPlain(text)) return { name: 'normalised', text, offsets: identity(text.length), changed: false };
  const normal = normaliseText(text);
  return { name: 'normalised', ...normal, changed: normal.text !== text };
}

/**
 * The normalised text in lower case, with letters of other scripts that pass for Latin ones made Latin,
 * in words that mix scripts or stand disguised among Latin words. Genuine Cyrillic and Greek stay (U02, U09).
 */
export function skeleton(text: string): Reading {
  const { text: mapped, offsets } = skeletonOf(normalise(text));
  return { name: 'skeleton', text: mapped, offsets, changed: mapped !== text };
}

/**
 * The raw text and those readings that differ from the ones before by more than letter case, which
 * the features fold anyway. One for ordinary text, at most three.
 */
export function readings(text: string): Reading[] {
  const normal = normalise(text);
  const { text: mapped, offsets } = skeletonOf(normal);
  const found = [rawReading(text)];
  if (normal.changed && fold(normal.text) !== fold(text)) found.push(normal);
  if (mapped !== normal.text && mapped !== fold(normal.text))
    found.push({ name: 'skeleton', text: mapped, offsets, changed: true });
  return found;
}

/** Something in the text hides from readers: hidden characters, or letters that pass for others (U12). */
export function isObfuscated(text: string): boolean {
  return findHidden(text, 1).length > 0 || skeletonOf(normalise(text)).replaced > 0;
}

function skeletonOf(normal: Reading): ReturnType<typeof skeletonText> {
  return skeletonText(normal.text, normal.offsets);
}

/** As the skeleton folds: code point by code point, without regard to context. */
function fold(text: string): string {
  let folded = '';
  for (const character of text) folded += character.toLowerCase();
  return folded;
}
