/** The figures of a bench of triage: each printed with its target and written down as soon as it is known. */
import { writeFileSync } from 'node:fs';
import { median, report } from '../report';
import type { Memory } from './run';
import type { DecidedBy } from './uses';
import type { Watch } from './watch';

export interface Rate {
  readonly perSecond: number;
  /** Processor time of the whole browser, a picture. */
  readonly milliseconds: number;
}

export class Figures {
  readonly #found: Record<string, unknown>;

  /** `path`: of a JSON file that has all figures so far. */
  constructor(
    of: Readonly<Record<string, unknown>>,
    private readonly path: string | undefined,
  ) {
    this.#found = { ...of };
  }

  /** Something without a target. */
  note(words: string, found: Readonly<Record<string, unknown>>): void {
    console.log(`        ${words}`);
    Object.assign(this.#found, found);
    if (this.path) writeFileSync(this.path, `${JSON.stringify(this.#found, null, 1)}\n`);
  }

  rate(screen: Rate, bare: readonly Rate[]): void {
    const { perSecond } = screen;
    const ratio = perSecond / median(bare.map((one) => one.perSecond));
    const alone = bare.map((one) => one.perSecond.toFixed(1)).join(', ');
    const work = median(bare.map(({ milliseconds }) => milliseconds));
    this.#say(
      `${perSecond.toFixed(1)} pictures a second, ${ratio.toFixed(2)} × the bare pool (${alone})`,
      'at least 0.9 ×',
      ratio >= 0.9,
      { screen, bare },
    );
    // What else the machine does changes the one and not the other.
    console.log(
      `        processor time a picture: ${screen.milliseconds.toFixed(0)} ms on the screen, ${work.toFixed(0)} ms by the bare pool`,
    );
  }

  first({ first, picked }: Watch): void {
    const took = first - picked;
    this.#say(`first verdict after the drop: ${Math.round(took)} ms`, 'at most 2,000 ms', took <= 2_000, {
      first: took,
    });
  }

  tasks(what: string, { tasks }: Watch): void {
    const longest = Math.max(0, ...tasks.map(([, duration]) => duration));
    this.#say(
      `longest task while results of ${what} came: ${Math.round(longest)} ms, ${tasks.length} of over 50 ms`,
      'none of over 50 ms',
      tasks.length === 0,
      { [`tasks of ${what}`]: tasks },
    );
    if (tasks.length > 0)
      console.log(
        `        ${tasks
          .slice(0, 20)
          .map(([at, duration]) => `${Math.round(duration)} ms at ${(at / 1_000).toFixed(1)} s`)
          .join(', ')}`,
      );
  }

  memory(what: string, { page, rest }: Memory): void {
    const others = Object.entries(rest).map(([kind, megabytes]) => `${kind} ${Math.round(megabytes)}`);
    this.#say(
      `most memory of the page with ${what}: ${Math.round(page)} MB; of other processes: ${others.join(', ')} MB`,
      'the page at most 1,200 MB',
      page <= 1_200,
      { [`memory of ${what}`]: { page, rest } },
    );
  }

  lines(count: number, moves: readonly number[]): void {
    const moved = median(moves);
    this.#say(
      `a line moved → all ${count} judged again and counted: ${moved.toFixed(1)} ms, at most ${Math.max(...moves).toFixed(1)}`,
      'at most 16 ms',
      moved <= 16,
      { [`lines of ${count}`]: moves },
    );
  }

  decisions({ keys, decided, next }: DecidedBy): void {
    this.#say(`${decided} decisions by ${keys} keys`, 'at most 2 keys each', keys <= 2 * decided, {
      ...{ keys, decided },
    });
    const shown = median(next);
    this.#say(
      `key → next item shown: ${shown.toFixed(0)} ms, at most ${Math.max(...next).toFixed(0)}`,
      'at most 50 ms',
      shown <= 50,
      { next },
    );
  }

  restart(count: number, restart: readonly number[]): void {
    const again = median(restart);
    this.#say(
      `restart → list of ${count}: ${Math.round(again)} ms (${restart.map(Math.round).join(', ')})`,
      'at most 2,000 ms',
      again <= 2_000,
      { [`restart of ${count}`]: restart },
    );
  }

  /** `drawn`: rows in the document. `longest`: of main-thread tasks while the list is gone through. */
  scrolled(count: number, { drawn, longest }: { readonly drawn: number; readonly longest: number }): void {
    this.#say(
      `${count} rows gone through: ${drawn} in the document, longest task ${Math.round(longest)} ms`,
      'at most 50 ms',
      longest <= 50,
      { scrolled: { count, drawn, longest } },
    );
  }

  #say(words: string, target: string, met: boolean, found: Readonly<Record<string, unknown>>): void {
    report(words, target, met);
    Object.assign(this.#found, found);
    if (this.path) writeFileSync(this.path, `${JSON.stringify(this.#found, null, 1)}\n`);
  }
}
