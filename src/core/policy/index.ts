export { judge } from './judge';
export { clampRule, defaultPolicy, POLICY_SCHEMA, type PolicyCard, parsePolicy, withRule } from './policy';
export type { JudgedRule, Part, Policy, Rule, Scores, Verdict, VerdictWord } from './types';
export { compareVerdicts, worst } from './worst';
