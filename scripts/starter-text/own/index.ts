/**
 * Training rows written for this model. Benign sentences: kind and neutral talk about the groups that hateful
 * test cases are about, and everyday dislike of things; without them the name of a group alone reads as hateful.
 * Dictionary words of liking and of contempt: 860 templates teach too few of them.
 */
import { type Example, HATEFUL } from '../data';
import { english } from './benign-english';
import { dutch, german } from './benign-germanic';
import { arabic, hindi, mandarin, polish } from './benign-others';
import { french, italian, portuguese, spanish } from './benign-romance';
import { LEXICONS } from './lexicon';
import type { BenignText } from './types';

const BENIGN: Readonly<Record<string, BenignText>> = {
  english,
  arabic,
  dutch,
  french,
  german,
  hindi,
  italian,
  mandarin,
  polish,
  portuguese,
  spanish,
};

/** Functionality of rows made of one dictionary word or phrase. */
export const WORD = 'word';
/** Functionality of rows made of a sentence. */
export const SENTENCE = 'sentence';

/** Never part of validation or test. */
export function ownExamples(): Example[] {
  return [...sentences(), ...words()];
}

function sentences(): Example[] {
  return Object.entries(BENIGN).flatMap(([language, { groups, about, plain }]) => {
    const filled = about.flatMap((sentence) => groups.map((group) => sentence.replace('{}', group)));
    return [...filled, ...plain].map((text) =>
      row(language, text.charAt(0).toUpperCase() + text.slice(1), 0, SENTENCE),
    );
  });
}

function words(): Example[] {
  return Object.entries(LEXICONS).flatMap(([language, { kind, harsh }]) => [
    ...kind.split('|').map((word) => row(language, word, 0, WORD)),
    ...harsh.split('|').map((word) => row(language, word, HATEFUL, WORD)),
  ]);
}

function row(language: string, text: string, label: number, functionality: string): Example {
  const group = `own ${language} ${text}`;
  return { text, label, source: 'own', language, functionality, group, family: group };
}
