/** How benchmarks say what they found. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** One line a measurement, with what it should be. */
export function report(what: string, target: string, met: boolean): void {
  console.log(`${met ? 'met    ' : 'NOT MET'}  ${what} (target: ${target})`);
}
