/** Text: hidden characters, readings, windows, n-grams and what words contribute. */
export { wordContributions } from './contributions';
export {
  chipLabel,
  escapeHidden,
  findHidden,
  type HiddenCharacter,
  type HiddenKind,
  wellFormed,
} from './hidden';
export { type NgramConfig, type NgramFeatures, ngramFeatures } from './ngrams';
export { isObfuscated, normalise, type Reading, readings, skeleton } from './normalise';
export { sliceReading } from './reading';
export { type Window, windows } from './windows';
