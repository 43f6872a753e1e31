/** The chain of decisions: each record holds the hash of the one before, so that a change anywhere shows. */
import { InvalidError } from '../errors';
import { type Hash, sha256 } from '../sha256';
import { canonical } from './canonical';
import type { DecisionRecord, Draft, Evidence, RunHeader, Tail } from './types';

/** Where the chain of a run begins. */
export const headerHash = (header: RunHeader, hash: Hash = sha256): string => hash(canonical(header));

export const beginning = (header: RunHeader): Tail => ({ seq: 0, hash: headerHash(header) });

/** Over everything but `hash` itself. */
export function recordHash(record: DecisionRecord, hash: Hash = sha256): string {
  const { hash: _, ...hashed } = record;
  return hash(canonical(hashed));
}

/** Who writes, and when. */
export interface Writing {
  readonly at: string;
  readonly by?: string;
}

/**
 * The next records of a chain, in order. More than one form a group, which is undone together. Throws
 * InvalidError('invalid-input') for what cannot be written down.
 */
export function nextRecords(
  run: string,
  tail: Tail,
  drafts: readonly Draft[],
  { at, by }: Writing,
): readonly DecisionRecord[] {
  const group = drafts.length > 1 ? tail.seq + 1 : undefined;
  let { seq, hash: prev } = tail;
  return drafts.map((draft) => {
    seq += 1;
    const record = {
      ...{ v: 1 as const, run, seq, prev, at },
      ...(group !== undefined && { group }),
      ...(draft.decision === 'concern' ? concernOf(draft) : plain(draft, by)),
    };
    const whole: DecisionRecord = { ...record, hash: sha256(canonical(record)) };
    prev = whole.hash;
    return whole;
  });
}

type Written = Omit<DecisionRecord, 'v' | 'run' | 'seq' | 'prev' | 'hash' | 'at' | 'group'>;

function plain(draft: Draft, by: string | undefined): Written {
  const { rev: _, reason, note, ...rest } = draft;
  return {
    ...rest,
    ...(by !== undefined && { by: by.toWellFormed() }),
    ...(reason !== undefined && { reason: reason.toWellFormed() }),
    ...(note !== undefined && { note: note.toWellFormed() }),
  };
}

/** C03: content hash, time, label, model, decision, and nothing else. */
function concernOf({ item, sha256: content, labels, models }: Draft): Written {
  const decision = 'concern' as const;
  const of = (models as readonly Evidence[] | undefined)?.map(({ id, sha256: hash }) => ({
    id,
    sha256: hash,
  }));
  return { item, sha256: content, decision, ...(labels && { labels }), ...(of && { models: of }) };
}

/** What is wrong with a chain, at which record: the first that is not as it was written. */
export interface ChainProblem {
  readonly seq: number;
  readonly what: 'altered' | 'missing' | 'unlinked' | 'elsewhere';
  readonly message: string;
}

/** Follows a chain record by record, so that it need not lie in memory. */
export class ChainCheck {
  #tail: Tail;

  constructor(
    private readonly header: RunHeader,
    private readonly hash: Hash = sha256,
  ) {
    this.#tail = { seq: 0, hash: headerHash(header, hash) };
  }

  /** The last record that was right. */
  get tail(): Tail {
    return this.#tail;
  }

  /** Undefined when `record` is the next of the chain, as it was written. */
  next(record: DecisionRecord): ChainProblem | undefined {
    const expected = this.#tail.seq + 1;
    const problem = (what: ChainProblem['what'], message: string) => ({ seq: expected, what, message });
    if (record.run !== this.header.id)
      return problem('elsewhere', `Where record ${expected} should be stands one of another run.`);
    if (record.seq !== expected)
      return problem(
        'missing',
        `Where record ${expected} should be stands record ${record.seq}: one was dropped, moved or put in.`,
      );
    if (recordHash(record, this.hash) !== record.hash)
      return problem('altered', `Record ${expected} is not as it was written: its hash is another.`);
    if (record.prev !== this.#tail.hash)
      return problem(
        'unlinked',
        expected === 1
          ? 'Record 1 does not follow from the head of this run: one of the two was changed.'
          : `Record ${expected} does not follow from record ${expected - 1}: one of the two was put in from elsewhere.`,
      );
    this.#tail = { seq: record.seq, hash: record.hash };
    return undefined;
  }
}

/** Throws InvalidError('damaged-file'), with `data.seq`, at the first record that is not as it was written. */
export function verifyChain(header: RunHeader, records: Iterable<DecisionRecord>, hash: Hash = sha256): Tail {
  const check = new ChainCheck(header, hash);
  for (const record of records) {
    const problem = check.next(record);
    if (problem)
      throw new InvalidError('damaged-file', problem.message, { seq: problem.seq, what: problem.what });
  }
  return check.tail;
}
