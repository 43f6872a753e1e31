/** Benign text of our own in one language. */
export interface BenignText {
  /** Names of groups, in the form that fits every `{}` of `about`. */
  readonly groups: readonly string[];
  /** Kind, neutral or protective sentences about a group. */
  readonly about: readonly string[];
  /** Everyday sentences, among them dislike of things. */
  readonly plain: readonly string[];
}
