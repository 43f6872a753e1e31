/** One model's answer to one item: scores of the same bytes where there are some, or its own. */
import {
  CancelledError,
  FailedError,
  toWinnowError,
  UnsupportedError,
  type WinnowError,
} from '../../core/errors';
import type { Scores } from '../../core/policy/types';
import { unscored } from '../../core/policy/unscored';
import { type Kept, keyOf, ScoreCache } from './cache';
import type { Asked, BatchModel } from './model';
import type { Hashed } from './read';

/** Failures are kept too, so that a file that stops workers does not stop two more for each of its copies. */
const FAILURES = 1_000;

export interface Subject extends Hashed {
  readonly id: string;
  readonly content: Blob | string;
}

/** `again`: the item with the same bytes that these are of. */
export interface Answered {
  readonly scores: Scores;
  readonly again?: string;
}

interface Flight {
  readonly id: string;
  readonly scores: Promise<Scores>;
}

export const kindOf = (content: Blob | string): 'image' | 'text' =>
  typeof content === 'string' ? 'text' : 'image';

export class Answers {
  private readonly itself = Symbol('batch');
  private readonly failures = new ScoreCache(FAILURES);
  /** First of its bytes on the way through a model, by both. */
  private readonly flying = new Map<string, Flight>();

  /** `model`: as it is now, since it may be installed again meanwhile; throws for one that is not there. */
  constructor(private readonly model: (id: string) => BatchModel) {}

  /** Rejects with CancelledError when `asked` fired, and with nothing else. */
  async of({ card }: BatchModel, subject: Subject, asked: Asked): Promise<Answered> {
    const began = performance.now();
    try {
      const model = this.model(card.id);
      if (card.task !== kindOf(subject.content)) throw otherKind(card.name, card.task);
      return this.known(model, subject) ?? (await this.scored(model, subject, asked));
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (asked.signal.aborted || asked.until.aborted) throw new CancelledError();
      return { scores: unscored(card, notSilent(error), performance.now() - began) };
    }
  }

  private known(model: BatchModel, { sha256 }: Subject): Answered | undefined {
    const kept = this.failures.get(copyOf(model, sha256)) ?? model.cache.get(keyOf(sha256, model.flavour));
    if (!kept) return undefined;
    return { scores: kept.scores, ...(kept.batch === this.itself && { again: kept.id }) };
  }

  /** Waits for the first of the same bytes, or is that one. */
  private async scored(model: BatchModel, subject: Subject, asked: Asked): Promise<Answered> {
    const copy = copyOf(model, subject.sha256);
    for (let first = this.flight(copy); first; first = this.flight(copy)) {
      const scores = await first.scores.catch((error: unknown) => {
        // Withdrawn by a pause that this one was not part of: then this is the first.
        if (asked.until.aborted || asked.signal.aborted || toWinnowError(error).kind !== 'cancelled')
          throw error;
        this.landed(copy, first);
      });
      if (scores) return { scores, again: first.id };
    }
    const flight = {
      id: subject.id,
      scores: model.score(subject.content, { ...asked, sha256: subject.sha256 }),
    };
    if (copy) this.flying.set(copy, flight);
    try {
      const scores = await flight.scores;
      this.keep(model, subject, { scores, id: subject.id, batch: this.itself });
      return { scores };
    } finally {
      this.landed(copy, flight);
    }
  }

  private keep(model: BatchModel, { sha256 }: Subject, kept: Kept): void {
    if (kept.scores.status === 'scored') model.cache.set(keyOf(sha256, kept.scores), kept);
    else this.failures.set(copyOf(model, sha256), kept);
  }

  private flight(copy: string | undefined): Flight | undefined {
    return copy === undefined ? undefined : this.flying.get(copy);
  }

  private landed(copy: string | undefined, flight: Flight): void {
    if (copy !== undefined && this.flying.get(copy) === flight) this.flying.delete(copy);
  }
}

/** The same bytes at the same model; undefined for what was not hashed. */
function copyOf({ card }: BatchModel, sha256: string): string | undefined {
  return sha256 ? `${card.id} ${sha256}` : undefined;
}

/** A cancellation that the batch did not ask for is a failure: the item would be passed over in silence. */
function notSilent(error: WinnowError): WinnowError {
  if (error.kind !== 'cancelled') return error;
  const message = 'The model was removed or replaced before this was scored. Score it again.';
  return new FailedError('internal', message, {}, { cause: error });
}

function otherKind(name: string, task: 'image' | 'text'): UnsupportedError {
  const reads = task === 'image' ? 'pictures, not texts' : 'texts, not pictures';
  return new UnsupportedError('unsupported-model', `${name} reads ${reads}. Choose another model.`);
}
