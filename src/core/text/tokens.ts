/** Windows of a text that is read as tokens: each a piece of the text itself, so where it lies is exact. */
import { InvalidError } from '../errors';
import { type Window, windows } from './windows';

/** Tokens of a text, those that the tokenizer adds included. */
export type CountTokens = (text: string) => number;

export interface TokenLimits {
  /** Tokens that the network reads at once, added ones included. */
  readonly maxTokens: number;
  /** Tokens that neighbouring windows share, about. */
  readonly overlap: number;
}

/**
 * Text is counted in pieces, cut as `windows` cuts: of at most this many UTF-16 units, and of so few that a token for each of their
 * bytes, three to a unit, still fits.
 */
const PIECE = { least: 8, most: 48, bytes: 3 };

/**
 * Windows that cover the text in order, each of at most `maxTokens` tokens when it is tokenised by itself, and each but the
 * first starting about `overlap` tokens before the end of the one before. They begin and end where pieces do: at white
 * space where there is some near, else between characters. Made one by one, so that a caller can stop between them. Throws
 * `invalid-input` for limits that leave no room, `invalid-model` where one character has too many tokens.
 */
export function* tokenWindows(text: string, count: CountTokens, limits: TokenLimits): Generator<Window> {
  const added = count('');
  const room = limits.maxTokens - added;
  if (!(room >= 8 && limits.overlap >= 0 && limits.overlap <= room / 2))
    throw new InvalidError(
      'invalid-input',
      `Windows of ${limits.maxTokens} tokens with ${limits.overlap} shared are not possible.`,
    );
  const cuts = cutsOf(text, Math.max(PIECE.least, Math.min(PIECE.most, Math.floor(room / PIECE.bytes))));
  const costs = new Costs(text, cuts, (piece) => count(piece) - added);
  for (let first = 0; ; ) {
    let last = costs.reach(first, room);
    // Pieces apart may have fewer tokens than together: what counts is the window as it will be read.
    while (last > first + 1 && count(text.slice(cuts[first], cuts[last])) > limits.maxTokens) last--;
    if (last === first + 1 && count(text.slice(cuts[first], cuts[last])) > limits.maxTokens)
      throw new InvalidError(
        'invalid-model',
        'A few characters have more tokens than the network reads at once.',
      );
    yield { start: cuts[first]!, end: cuts[last]! };
    if (last === cuts.length - 1) return;
    first = Math.max(costs.back(last, limits.overlap), first + 1);
  }
}

/** Where pieces begin, and the end of the text. One empty piece for the empty text. */
function cutsOf(text: string, size: number): number[] {
  const starts = windows(text, size, 0).map(({ start }) => start);
  return [...starts, text.length];
}

/** Tokens of each piece by itself, counted when they are first needed. */
class Costs {
  readonly #known: number[] = [];
  constructor(
    private readonly text: string,
    private readonly cuts: readonly number[],
    private readonly count: (piece: string) => number,
  ) {}

  /** The furthest cut such that the pieces from `first` have at most `room` tokens; at least one piece. */
  reach(first: number, room: number): number {
    let at = first + 1;
    let sum = this.#cost(first);
    while (at < this.cuts.length - 1 && sum + this.#cost(at) <= room) sum += this.#cost(at++);
    return at;
  }

  /** The cut that lies at most `tokens` before the cut `last`. */
  back(last: number, tokens: number): number {
    let at = last;
    let sum = 0;
    while (at > 0 && sum + this.#cost(at - 1) <= tokens) sum += this.#cost(--at);
    return at;
  }

  #cost(piece: number): number {
    const known = this.#known[piece];
    if (known !== undefined) return known;
    const cost = Math.max(0, this.count(this.text.slice(this.cuts[piece], this.cuts[piece + 1])));
    this.#known[piece] = cost;
    return cost;
  }
}
