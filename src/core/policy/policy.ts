/** Policies: thresholds per model as they are saved, shared in the address and copied as a file. */
import { InvalidError } from '../errors';
import type { Policy, Rule } from './types';

/** Identifies the file format; the schema itself is `public/policy.schema.json`. */
export const POLICY_SCHEMA = 'winnow-policy-1';

/** The part of a model's card that its default rules come from. */
export interface PolicyCard {
  readonly id: string;
  readonly scores: readonly {
    readonly name: string;
    readonly labels: readonly string[];
    readonly risk: boolean;
    readonly review?: number;
    readonly block?: number;
  }[];
}

/** The cards' own starting points. A risk score without thresholds gets 0.5 for both lines. */
export function defaultPolicy(cards: readonly PolicyCard[]): Policy {
  const models: Record<string, { rules: readonly Rule[] }> = Object.create(null);
  for (const card of cards) {
    const rules = card.scores
      .filter((score) => score.risk)
      .map((score) => {
        const block = score.block ?? 0.5;
        return clampRule({ score: score.name, labels: score.labels, review: score.review ?? block, block });
      });
    models[card.id] = { rules };
  }
  return { $schema: POLICY_SCHEMA, version: 1, models };
}

/** Both lines inside 0 to 1 and review ≤ block; `moved` says which of the two gives way to the other. */
export function clampRule(rule: Rule, moved: 'review' | 'block' = 'block'): Rule {
  const unit = (value: number) => Math.min(1, Math.max(0, Number.isFinite(value) ? value : 1));
  const review = unit(rule.review);
  const block = unit(rule.block);
  if (review <= block) return { ...rule, review, block };
  return moved === 'review' ? { ...rule, review: block, block } : { ...rule, review, block: review };
}

/** The policy with one rule of one model replaced; other models and rules are shared, not copied. */
export function withRule(policy: Policy, model: string, rule: Rule): Policy {
  const rules = (policy.models[model]?.rules ?? []).map((old) => (old.score === rule.score ? rule : old));
  return { ...policy, models: { ...policy.models, [model]: { rules } } };
}

const MAX_MODELS = 100;
const MAX_RULES = 200;
const MAX_NAME = 200;

/**
 * A policy from untrusted JSON (a file, the address). Throws InvalidError('invalid-policy') that names the
 * field. Unknown fields are dropped; the result shares nothing with the input and has no inherited keys.
 */
export function parsePolicy(value: unknown): Policy {
  const root = record(value, 'policy');
  if (root.version !== 1) throw invalid('version', 'is not 1; a newer Winnow may have written it');
  const models: Record<string, { rules: readonly Rule[] }> = Object.create(null);
  const entries = Object.entries(record(root.models, 'models'));
  if (entries.length > MAX_MODELS) throw invalid('models', `has more than ${MAX_MODELS} entries`);
  for (const [id, entry] of entries) {
    const path = `models.${name(id, 'models')}`;
    const rules = record(entry, path).rules;
    if (!Array.isArray(rules) || rules.length > MAX_RULES)
      throw invalid(`${path}.rules`, 'is not a short list');
    models[id] = { rules: rules.map((rule, at) => parseRule(rule, `${path}.rules[${at}]`)) };
  }
  return { $schema: POLICY_SCHEMA, version: 1, models };
}

function parseRule(value: unknown, path: string): Rule {
  const { score, labels, review, block } = record(value, path);
  if (!Array.isArray(labels) || labels.length === 0 || labels.length > MAX_RULES)
    throw invalid(`${path}.labels`, 'is not a list of labels');
  const rule = {
    score: name(score, `${path}.score`),
    labels: labels.map((label, at) => name(label, `${path}.labels[${at}]`)),
    review: unit(review, `${path}.review`),
    block: unit(block, `${path}.block`),
  };
  if (rule.review > rule.block) throw invalid(path, 'has a review line above its block line');
  return rule;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(path, 'is not an object');
  // Own keys only: a parsed `__proto__` must not answer for a missing field.
  const own: Record<string, unknown> = Object.create(null);
  for (const [key, field] of Object.entries(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype')
      throw invalid(path, `may not have a field named ${key}`);
    own[key] = field;
  }
  return own;
}

function name(value: unknown, path: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME)
    throw invalid(path, `is not a name of 1 to ${MAX_NAME} characters`);
  return value;
}

function unit(value: unknown, path: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw invalid(path, 'is not a number from 0 to 1');
  return value;
}

function invalid(path: string, what: string): InvalidError {
  return new InvalidError('invalid-policy', `The policy's ${path} ${what}.`, { path });
}
