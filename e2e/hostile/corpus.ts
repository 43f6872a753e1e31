/** Every hostile file, made in code and the same on every run. */
import { bombCases } from './cases/bombs';
import { brokenPngs, cutCases, mutations, validCases } from './cases/damage';
import { dimensionCases } from './cases/dimensions';
import { kindCases } from './cases/kinds';
import { metadataCases } from './cases/metadata';
import type { Base, Item } from './item';

export type { Base, Item } from './item';

const SEED = 20261120;

/** Files of e2e/fixtures/images/base that the corpus needs. */
export const BASE_FILES = [
  'still.jpg',
  'progressive.jpg',
  'chroma.jpg',
  'cmyk.jpg',
  'still.webp',
  'alpha.webp',
  'moving.webp',
  'still.avif',
  'moving.avif',
];

/** At least 500 files, `mutated` of them with random edits, which `seed` chooses. */
export function corpus(base: Base, mutated = 400, seed = SEED): Item[] {
  return fullCorpus(base, mutated, seed).filter((item) => !item.slow);
}

/** With the files that take seconds or hundreds of megabytes each. */
export function fullCorpus(base: Base, mutated: number, seed = SEED): Item[] {
  return [
    ...validCases(base),
    ...dimensionCases(base),
    ...bombCases(base),
    ...kindCases(base),
    ...cutCases(base),
    ...brokenPngs(),
    ...metadataCases(base),
    ...mutations(base, mutated, seed),
  ];
}
