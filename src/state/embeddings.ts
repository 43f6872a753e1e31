/** Ready-made embeddings on a model's head: rows in, counts and a table out. Moving a line counts again, no more. */
import type { ModelCard } from '../catalog/card';
import type { Policy, Scores, VerdictWord } from '../core/policy';
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Installing } from '../sdk/types';
import type { Announcer } from './announce';
import { judged } from './judging';
import { Store } from './store';

export interface Scored {
  readonly model: string;
  /** The file's. */
  readonly name: string;
  readonly state: 'scoring' | 'scored' | 'failed';
  readonly rows: readonly Scores[];
  /** What was done to rows whose length was not 1. */
  readonly note?: string;
  readonly error?: SerializedError;
}

export type Counts = Readonly<Record<VerdictWord, number>>;

export class Embeddings {
  /** By model id: the file scored last. */
  readonly store = new Store<ReadonlyMap<string, Scored>>(new Map());
  readonly #running = new Map<string, AbortController>();

  constructor(
    readonly winnow: Pick<Installing, 'scoreEmbeddings'>,
    readonly announcer: Pick<Announcer, 'say' | 'alarm'>,
  ) {}

  /** Scores every row of a `.npy` or safetensors file. What goes wrong is shown, never thrown. */
  async score(card: ModelCard, file: Blob): Promise<void> {
    const { id: model } = card;
    this.#running.get(model)?.abort();
    const controller = new AbortController();
    this.#running.set(model, controller);
    const name = file instanceof File ? file.name : 'embeddings';
    this.#set(model, { model, name, state: 'scoring', rows: [] });
    const mine = () => this.#running.get(model) === controller;
    try {
      const { rows, note } = await this.winnow.scoreEmbeddings(file, { model, signal: controller.signal });
      if (!mine()) return;
      this.#set(model, { model, name, state: 'scored', rows, ...(note !== undefined && { note }) });
      this.announcer.say(`${rows.length.toLocaleString('en-GB')} embeddings scored.`);
    } catch (thrown) {
      if (mine()) this.#failed(model, name, thrown);
    } finally {
      if (mine()) this.#running.delete(model);
    }
  }

  /** Takes a result off the screen; ends what runs. */
  clear(model: string): void {
    this.#running.get(model)?.abort();
    this.#running.delete(model);
    this.#set(model, undefined);
  }

  dispose(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  #failed(model: string, name: string, thrown: unknown): void {
    const error = toWinnowError(thrown);
    if (error.kind === 'cancelled') {
      this.#set(model, undefined);
      return;
    }
    this.#set(model, { model, name, state: 'failed', rows: [], error: error.serialize() });
    this.announcer.alarm(`The embeddings were not scored. ${error.message}`);
  }

  #set(model: string, scored: Scored | undefined): void {
    this.store.update((before) => {
      const next = new Map(before);
      if (scored) next.set(model, scored);
      else next.delete(model);
      return next;
    });
  }
}

/** How many rows the policy clears, sends to review, blocks, and could not judge. */
export function countVerdicts(rows: readonly Scores[], policy: Policy): Counts {
  const counts = { clear: 0, review: 0, block: 0, 'needs-review': 0 };
  for (const row of rows) counts[judged(row, policy).verdict]++;
  return counts;
}

/** How many rows lie in each of `bins` equal parts of 0 to 1, by the sum of `labels`. Rows without scores are left out. */
export function histogram(
  rows: readonly Scores[],
  labels: readonly string[],
  bins: number,
): readonly number[] {
  const found = Array.from({ length: bins }, () => 0);
  for (const row of rows) {
    const value = scoreOf(row, labels);
    if (value !== undefined) found[Math.min(bins - 1, Math.floor(value * bins))]!++;
  }
  return found;
}

/** The probability of any of the labels; `undefined` where the row has no scores. */
export function scoreOf(row: Scores, labels: readonly string[]): number | undefined {
  if (row.status !== 'scored') return undefined;
  let total = 0;
  for (const label of labels) total += row.probabilities[row.labels.indexOf(label)] ?? Number.NaN;
  return total >= 0 ? Math.min(1, total) : undefined;
}

/** A row per embedding: number from 0, every score of the card, verdict, code and reason where there is no score. */
export function scoresCsv(card: ModelCard, rows: readonly Scores[], policy: Policy): string {
  const head = ['row', ...card.scores.map(({ name }) => name), 'verdict', 'code', 'reason'];
  const lines = rows.map((row, at) => [
    String(at),
    ...card.scores.map(({ labels }) => String(scoreOf(row, labels) ?? '')),
    judged(row, policy).verdict,
    row.code ?? '',
    row.reason ?? '',
  ]);
  return `${[head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** RFC 4180. What a spreadsheet would run as a formula gets an apostrophe, which shows it as text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
