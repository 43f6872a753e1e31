/** Every field of a card from outside, wording included: what a site hosts is shown, linked to and computed with. */
import {
  asArray,
  asFinite,
  asObject,
  asString,
  asWhole,
  type JsonObject,
  own,
} from '../core/checkpoint/json';
import { InvalidError } from '../core/errors';
import type { ModelCard } from './card';
import { cardProblem } from './check';

const MOST_WORDS = 4_000;
const MOST_ENTRIES = 100;
const MOST_LABELS = 10_000;
/** Pixels on a side, tokens at once, numbers of an embedding: beyond these nothing is meant. */
const MOST_PIXELS = 4_096;
const MOST_TOKENS = 1_000_000;
const MOST_NUMBERS = 100_000;

/** Throws InvalidError('invalid-model') naming what is wrong. */
export function checkFullCard(value: unknown): ModelCard {
  const card = asObject(value, 'The card');
  const problem = cardProblem(card);
  if (problem !== undefined) throw wrong(`The card ${problem}.`);
  asString(own(card, 'name'), 'The name of the card');
  for (const key of ['summary', 'facts', 'licence', 'intendedUse', 'thresholdNote'])
    words(own(card, key), `${key} of the card`);
  for (const key of ['languages', 'notFor', 'limits'])
    for (const line of asArray(own(card, key), `${key} of the card`, MOST_ENTRIES))
      words(line, `A line of ${key}`);
  checkSource(own(card, 'source'));
  const labels = asArray(own(card, 'labels'), 'The labels', MOST_LABELS);
  for (const label of labels) asString(own(asObject(label, 'A label'), 'name'), 'A label');
  for (const score of asArray(own(card, 'scores'), 'The scores', MOST_LABELS)) checkScore(score);
  checkInput(asObject(own(card, 'input'), 'The input'));
  checkEmbedding(own(card, 'embedding'));
  checkInstall(own(card, 'install'));
  checkSelfTest(own(card, 'selfTest'), labels.length);
  return card as unknown as ModelCard;
}

function words(value: unknown, what: string): void {
  if (typeof value !== 'string' || value.length > MOST_WORDS)
    throw wrong(`${what} should be a text of at most ${MOST_WORDS} characters.`);
}

function checkSource(value: unknown): void {
  const source = asObject(value, 'The source');
  for (const key of ['name', 'revision']) asString(own(source, key), `The ${key} of the source`);
  const url = asString(own(source, 'url'), 'The address of the source');
  // It becomes a link.
  if (!/^(https?:\/\/|about:blank$)/.test(url)) throw wrong('The address of the source is none of the web.');
}

function checkScore(value: unknown): void {
  const score = asObject(value, 'A score');
  asString(own(score, 'name'), 'The name of a score');
  if (typeof own(score, 'risk') !== 'boolean') throw wrong('A score does not say whether it carries risk.');
  asArray(own(score, 'labels'), 'The labels of a score', MOST_LABELS);
  for (const key of ['review', 'block']) {
    const line = own(score, key);
    if (line !== undefined) between(line, 0, 1, 'A threshold');
  }
}

function checkInput(input: JsonObject): void {
  const kind = own(input, 'kind');
  if (kind === 'image') checkPixels(input);
  else if (kind === 'tokens') {
    const most = whole(own(input, 'maxTokens'), 1, MOST_TOKENS, 'The tokens read at once');
    whole(own(input, 'overlap'), 0, most - 1, 'The overlap of windows');
  } else if (kind !== 'embedding') throw wrong('What it reads is not what a prepared model can.');
}

function checkPixels(input: JsonObject): void {
  for (const key of ['width', 'height']) whole(own(input, key), 1, MOST_PIXELS, `The ${key} of the input`);
  oneOf(own(input, 'resample'), ['bilinear-corners', 'bilinear', 'bicubic'], 'The resampling');
  oneOf(own(input, 'fit'), ['stretch', 'crop'], 'The fit');
  oneOf(own(input, 'layout'), ['NCHW', 'NHWC'], 'The layout of the input');
  between(own(input, 'cropFraction'), 0.01, 1, 'The fraction that is kept of a picture');
  for (const key of ['mean', 'std']) {
    const values = asArray(own(input, key), `The ${key}`, 3);
    if (values.length !== 3) throw wrong(`The ${key} should be three numbers.`);
    // Of a standard deviation the smallest that would be meant, of a mean any within a pixel's range and its negative.
    for (const each of values) between(each, key === 'std' ? 1e-4 : -256, 256, `The ${key}`);
  }
}

function checkEmbedding(value: unknown): void {
  if (value === undefined) return;
  const embedding = asObject(value, 'The embedding');
  whole(own(embedding, 'width'), 1, MOST_NUMBERS, 'The width of the embedding');
  if (typeof own(embedding, 'normalised') !== 'boolean')
    throw wrong('It does not say whether embeddings are normalised.');
}

function checkInstall(value: unknown): void {
  const install = asObject(value, 'What it is installed from');
  asString(own(install, 'family'), 'The family');
  for (const entry of asArray(own(install, 'files'), 'Its files', MOST_ENTRIES)) {
    const file = asObject(entry, 'A file');
    asString(own(file, 'role'), 'What a file is for');
    asString(own(file, 'path'), 'The path of a file');
    if (own(file, 'from') !== undefined) checkSource(own(file, 'from'));
  }
  const precision = asObject(own(install, 'precision'), 'The precision');
  for (const backend of ['wasm', 'webgpu'])
    oneOf(own(precision, backend), ['exact', 'int8', 'int8-blocks', 'half'], 'The precision');
  for (const [, most] of Object.entries(asObject(own(install, 'tolerance') ?? {}, 'What may differ')))
    between(most, 1e-9, 0.1, 'What may differ');
  if (own(install, 'fetched') !== undefined) asWhole(own(install, 'fetched'), 'What is fetched', 0);
  for (const [, bytes] of Object.entries(asObject(own(install, 'kept') ?? {}, 'What is kept')))
    asWhole(bytes, 'What is kept', 0);
}

function checkSelfTest(value: unknown, labels: number): void {
  if (value === undefined) return;
  const test = asObject(value, 'The check');
  between(own(test, 'tolerance'), 1e-9, 0.1, 'The tolerance of its check');
  for (const entry of asArray(own(test, 'cases'), 'The cases of its check', MOST_ENTRIES)) {
    const one = asObject(entry, 'A case of its check');
    words(own(one, 'pattern') ?? own(one, 'text'), 'The input of a case');
    const values = asArray(own(one, 'probabilities'), 'The answer of a case', labels);
    if (values.length !== labels) throw wrong('A case of its check has other labels.');
    for (const each of values) between(each, 0, 1, 'A probability');
  }
}

function oneOf(value: unknown, known: readonly string[], what: string): void {
  if (typeof value !== 'string' || !known.includes(value)) throw wrong(`${what} is of no known kind.`);
}

function between(value: unknown, least: number, most: number, what: string): void {
  const number = asFinite(value, what);
  if (number < least || number > most) throw wrong(`${what} should be ${least} to ${most}.`);
}

function whole(value: unknown, least: number, most: number, what: string): number {
  const number = asWhole(value, what, least);
  if (number > most) throw wrong(`${what} should be ${most} at most.`);
  return number;
}

const wrong = (why: string): InvalidError => new InvalidError('invalid-model', why);
