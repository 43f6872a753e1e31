/**
 * Thresholds in an address. Only numbers and the names of models and scores go in: never content.
 *
 *     t=1;starter-text:hateful,0.35,0.6:offensive,0.5,0.8;starter-image:Porn,0.3,0.6
 *
 * Names are percent-encoded, so that none can contain a separator. What comes back is untrusted: it is
 * checked piece by piece, and only rules that a card knows are ever applied.
 */

import type { Policy, Rule } from '../core/policy';
import { InvalidError } from '../sdk/errors';

/** Longer than any policy of a hundred models with ten rules each; a longer address is refused unread. */
const MAX_LENGTH = 40_000;
const MAX_MODELS = 100;
const MAX_RULES = 200;

/** Plain decimals only: no sign, no exponent, no hex, at most six places. */
const NUMBER = /^(?:0|1|0?\.\d{1,6}|0\.\d{1,6}|1\.0{1,6})$/;

export interface SharedRule {
  readonly model: string;
  readonly score: string;
  readonly review: number;
  readonly block: number;
}

/** The compact form of a policy's thresholds, safe in an address's fragment. */
export function encodeThresholds(policy: Policy): string {
  const models = Object.entries(policy.models).map(([id, { rules }]) =>
    [
      encode(id),
      ...rules.map((rule) => [encode(rule.score), short(rule.review), short(rule.block)].join()),
    ].join(':'),
  );
  return ['1', ...models].join(';');
}

/** Throws InvalidError('invalid-policy') for anything `encodeThresholds` would not write. */
export function decodeThresholds(text: string): readonly SharedRule[] {
  if (text.length > MAX_LENGTH) throw invalid('are too long');
  const [version, ...models] = text.split(';');
  if (version !== '1') throw invalid('are of another version');
  if (models.length > MAX_MODELS) throw invalid('name too many models');
  return models.flatMap((model) => {
    const [id = '', ...rules] = model.split(':');
    if (rules.length > MAX_RULES) throw invalid('have too many rules');
    return rules.map((rule) => decodeRule(decode(id), rule));
  });
}

/** The policy with the shared thresholds put in; rules that the policy does not have are left out. */
export function applyShared(
  policy: Policy,
  shared: readonly SharedRule[],
): { policy: Policy; unknown: number } {
  const found = new Map(shared.map((rule) => [key(rule.model, rule.score), rule]));
  const models: Record<string, { rules: readonly Rule[] }> = Object.create(null);
  let used = 0;
  for (const [id, { rules }] of Object.entries(policy.models))
    models[id] = {
      rules: rules.map((rule) => {
        const other = found.get(key(id, rule.score));
        if (!other) return rule;
        used++;
        return { ...rule, review: other.review, block: other.block };
      }),
    };
  return { policy: { ...policy, models }, unknown: found.size - used };
}

function decodeRule(model: string, text: string): SharedRule {
  const [score, review, block, ...rest] = text.split(',');
  if (score === undefined || review === undefined || block === undefined || rest.length > 0)
    throw invalid('have a rule that is not name, review, block');
  const rule = { model, score: decode(score), review: number(review), block: number(block) };
  if (rule.review > rule.block) throw invalid('have a review line above its block line');
  return rule;
}

function number(text: string): number {
  if (!NUMBER.test(text)) throw invalid('have a line that is not a number from 0 to 1');
  return Number(text);
}

/** Six places are finer than any slider; `Number` drops the trailing zeros, and small values must not become 1e-7. */
function short(value: number): string {
  return value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
}

/** A lone surrogate would make `encodeURIComponent` throw. */
function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}

function decode(text: string): string {
  let name: string;
  try {
    name = decodeURIComponent(text);
  } catch {
    throw invalid('have a name that cannot be read');
  }
  if (name.length === 0 || name.length > 200) throw invalid('have a name that is empty or too long');
  return name;
}

function key(model: string, score: string): string {
  return JSON.stringify([model, score]);
}

function invalid(what: string): InvalidError {
  return new InvalidError('invalid-policy', `The thresholds in the address ${what}.`);
}
