/**
 * A score with two decimals that never claims to have reached a line it is under: 0.699 against a line
 * of 0.70 reads 0.69, because "0.70, under 0.70" would be taken for a fault.
 */
export function formatScore(value: number, lines: readonly number[] = []): string {
  const rounded = Math.round(value * 100) / 100;
  const jumped = lines.some((line) => value < line && rounded >= line);
  return (jumped ? Math.floor(value * 100) / 100 : rounded).toFixed(2);
}

/** A threshold as typed and shown: two decimals, more only where they are needed. */
export function formatLine(value: number): string {
  const short = value.toFixed(2);
  return Math.abs(Number(short) - value) < 1e-9 ? short : String(Number(value.toFixed(4)));
}

/** One for all: `toLocaleString` makes a new one each time, which costs a list its smoothness. */
const counts = new Intl.NumberFormat();

/** Grouped by thousands in the reader's language, as in `3,106`. */
export function formatCount(value: number): string {
  return counts.format(value);
}
