/** How long to wait before a request is sent again. */

/** Tries in a row that bring nothing, after which a person has to decide. */
export const MOST_TRIES = 5;

/** A wait longer than this is not sat through: the error says when to come back. */
export const LONGEST_WAIT_SECONDS = 600;

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** For a server that says "too many" without saying for how long, or whose answer may not be read. */
const BUSY_MS = 15_000;

/**
 * Milliseconds before try number `attempt` (from 1): anything from 0 to a bound that doubles, so that many
 * clients do not come back together. `random` is from 0 to below 1.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "full jitter"
 */
export function backoff(attempt: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
}

/** After a 429 or 503: never before what the server asked for, and spread over the second after it. */
export function waitAsked(attempt: number, random: number, seconds: number | undefined): number {
  return seconds === undefined ? BUSY_MS + backoff(attempt, random) : seconds * 1000 + random * 1000;
}
