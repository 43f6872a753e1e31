/**
 * A run as a file, one JSON text per line: head, items, scores, records, and an end that counts them and holds the hash
 * of all lines before it. Written and checked line by line, so that neither needs the whole in memory.
 */
import { InvalidError } from '../errors';
import { type Hash, Sha256, sha256 } from '../sha256';
import { canonical } from './canonical';
import { ChainCheck, headerHash } from './chain';
import { inOrder } from './evidence';
import { Journal } from './journal';
import { type Line, parseLine } from './run-lines';
import { exportedItem, type Snapshot } from './snapshot';
import type { Item, ItemScores, RunHeader, RunNow, Tail } from './types';

/** Lines of this many items or records at a time. */
const STEP = 500;

/** The file in pieces of text. Its chain is that of the journal, record by record as it was written. */
export function* exportRun(snapshot: Snapshot): Generator<string> {
  const { header, now, items, scores, records, journal } = snapshot;
  const hash = new Sha256();
  const counts = { items: 0, scores: 0, records: 0 };
  const text = (lines: readonly Line[]) => {
    const written = lines.map((line) => `${canonical(line)}\n`).join('');
    hash.update(written);
    return written;
  };
  yield text([
    { kind: 'run', run: header },
    { kind: 'now', now },
  ]);
  for (let from = 0; from < items.length; from += STEP) {
    const lines = items.slice(from, from + STEP).flatMap((item): Line[] => {
      const { decision, second } = journal.of(item.id);
      const concern = decision === 'concern' || second === 'concern';
      // C03: of a concern its records say what may be said.
      const answers = inOrder(now.models, (concern ? undefined : scores.get(item.id)) ?? []);
      counts.items += 1;
      counts.scores += answers.length;
      return [
        { kind: 'item', item: exportedItem(item, now.settings, concern) },
        ...answers.map((one): Line => ({ kind: 'scores', scores: { item: item.id, scores: one } })),
      ];
    });
    yield text(lines);
  }
  for (let from = 0; from < records.length; from += STEP) {
    const some = records.slice(from, from + STEP);
    counts.records += some.length;
    yield text(some.map((record) => ({ kind: 'record', record })));
  }
  const tail = records.at(-1)?.hash ?? headerHash(header);
  yield `${canonical({ kind: 'end', ...counts, tail, sha256: hash.finish() })}\n`;
}

/** What a file was found to hold. */
export interface RunSummary {
  readonly header: RunHeader;
  readonly now: RunNow;
  readonly tail: Tail;
  readonly items: number;
  readonly scores: number;
  readonly records: number;
}

/** Records that one item may have in a file of a stranger's: no person needs more, and undoing goes through them all. */
const MOST_PER_ITEM = 1_000;
export const MOST_ITEMS = 200_000;

/**
 * Takes the lines of a file in order, and says what is in each. Throws InvalidError('damaged-file') at the first that
 * is not as it was written, with `data.line`, and of a record `data.seq`; 'invalid-input' for what is no run file;
 * UnsupportedError for one of another version.
 */
export class RunFileCheck {
  readonly #file = new Sha256();
  readonly #journal = new Journal(MOST_PER_ITEM);
  readonly #ids = new Set<string>();
  #chain: ChainCheck | undefined;
  #header: RunHeader | undefined;
  #now: RunNow | undefined;
  #counts = { items: 0, scores: 0, records: 0 };
  #line = 0;
  #over = false;

  /** `hash`: another SHA-256 for the records than this one's, so that whoever checks need not trust it. */
  constructor(private readonly hash: Hash = sha256) {}

  /** `text`: a line without its end. */
  next(text: string): Line {
    this.#line += 1;
    const line = parseLine(text, this.#line);
    if (this.#over) throw this.#wrong('There is something behind its end.');
    if ((this.#line === 1) !== (line.kind === 'run')) throw this.#wrong('It does not begin with its head.');
    if ((this.#line === 2) !== (line.kind === 'now'))
      throw this.#wrong('Its second line is not its settings.');
    this.#take(line);
    if (line.kind !== 'end') this.#file.update(`${text}\n`);
    return line;
  }

  /** After the last line. Throws when the end is missing. */
  end(): RunSummary {
    if (!this.#over) throw this.#wrong('It is cut off: its end is missing.');
    return { header: this.#header!, now: this.#now!, tail: this.#chain!.tail, ...this.#counts };
  }

  #take(line: Line): void {
    if (line.kind === 'run') {
      this.#header = line.run;
      this.#chain = new ChainCheck(line.run, this.hash);
    } else if (line.kind === 'now') this.#now = line.now;
    else if (line.kind === 'item') this.#item(line.item);
    else if (line.kind === 'scores') this.#scores(line.scores);
    else if (line.kind === 'record') this.#record(line);
    else this.#end(line);
  }

  #item(item: Item): void {
    if (this.#counts.records > 0) throw this.#wrong('An item stands among the decisions.');
    if (item.ordinal !== this.#counts.items)
      throw this.#wrong(`Item ${this.#counts.items + 1} is missing or moved.`);
    if (this.#ids.has(item.id)) throw this.#wrong('Two items have the same id.');
    if (this.#counts.items >= MOST_ITEMS) throw this.#wrong(`It has more than ${MOST_ITEMS} items.`);
    this.#ids.add(item.id);
    this.#counts.items += 1;
  }

  #scores({ item }: ItemScores): void {
    if (!this.#ids.has(item)) throw this.#wrong('There are scores of an item that is not there.');
    this.#counts.scores += 1;
  }

  #record(line: Extract<Line, { kind: 'record' }>): void {
    const { record } = line;
    const problem = this.#chain!.next(record);
    if (problem)
      throw new InvalidError('damaged-file', problem.message, {
        ...{ line: this.#line, seq: problem.seq, what: problem.what },
      });
    if (!this.#ids.has(record.item))
      throw this.#wrong(`Record ${record.seq} is about an item that is not there.`, record.seq);
    this.#journal.apply(record);
    this.#counts.records += 1;
  }

  #end(end: Extract<Line, { kind: 'end' }>): void {
    const { items, scores, records } = this.#counts;
    if (end.records !== records || end.tail !== this.#chain!.tail.hash)
      throw this.#wrong(
        `Its end speaks of ${end.records} records, and there are ${records}: the last were cut off or added.`,
        Math.min(end.records, records) + 1,
      );
    if (end.items !== items || end.scores !== scores) throw this.#wrong('Items or scores are missing.');
    if (end.sha256 !== this.#file.finish())
      throw this.#wrong('Its items or scores are not as they were written: the hash of the file is another.');
    this.#over = true;
  }

  #wrong(message: string, seq?: number): InvalidError {
    return new InvalidError('damaged-file', message, { line: this.#line, ...(seq !== undefined && { seq }) });
  }
}
