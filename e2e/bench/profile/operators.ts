/** ONNX Runtime's profile, a line an event, as a table by kind of operator. */

export interface Operator {
  readonly kind: string;
  /** Nodes of that kind that a run goes through. */
  readonly nodes: number;
  /** Milliseconds of one run, the mean of those that count. */
  readonly milliseconds: number;
}

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly ts: number;
  readonly args?: { readonly op_name?: string };
}

/** Of the last `runs` runs. Throws where the lines hold no such runs. */
export function operatorsOf(lines: readonly string[], runs: number): Operator[] {
  const events = lines.flatMap((line) => {
    const text = line.trim().replace(/,$/, '');
    return text.startsWith('{') ? [JSON.parse(text) as Event] : [];
  });
  const starts = events.filter(({ name }) => name === 'model_run').map(({ ts }) => ts);
  const from = starts.at(-runs);
  if (from === undefined) throw new Error(`The profile has ${starts.length} runs, ${runs} are needed.`);
  const kinds = new Map<string, { count: number; microseconds: number }>();
  for (const { cat, name, dur, ts, args } of events) {
    if (cat !== 'Node' || ts < from || !name.endsWith('_kernel_time')) continue;
    const kind = args?.op_name ?? 'unknown';
    const sum = kinds.get(kind) ?? { count: 0, microseconds: 0 };
    kinds.set(kind, { count: sum.count + 1, microseconds: sum.microseconds + dur });
  }
  return [...kinds]
    .map(([kind, { count, microseconds }]) => ({
      kind,
      nodes: Math.round(count / runs),
      milliseconds: microseconds / 1_000 / runs,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

export function printOperators(title: string, operators: readonly Operator[]): void {
  const total = operators.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  console.log(`\n${title}: ${total.toFixed(0)} ms in operators`);
  for (const { kind, nodes, milliseconds } of operators) {
    const share = (100 * milliseconds) / total;
    if (share < 0.5) continue;
    console.log(
      `  ${milliseconds.toFixed(1).padStart(8)} ms  ${share.toFixed(1).padStart(5)} %  ${kind} × ${nodes}`,
    );
  }
}
