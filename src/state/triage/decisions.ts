/** What a person decides: shown at once, *saved* only when it is on disk, taken back without limit. */
import type { SerializedError } from '../../core/errors';
import type { Decision, DecisionRecord } from '../../core/triage/types';
import { toWinnowError } from '../../sdk/errors';
import type { Appended, Conflict, Deciding, Run } from '../../sdk/triage/types';
import { Store } from '../store';

/** A decision that is not on disk. */
export interface Unsaved {
  readonly deciding: Deciding;
  /** Those that are written with it, all or none. */
  readonly group: Group;
  /** Absent while it is on its way. */
  readonly error?: SerializedError;
  /** Another tab decided this item, or one of its group, first: this is what it said. */
  readonly conflict?: Conflict;
}

interface Group {
  readonly all: readonly Deciding[];
  /** "14 alike"; of one item its name. */
  readonly what: string;
  conflicts?: readonly Conflict[];
}

/** What the toast says. `redo`: it was an undo. */
export interface Said {
  readonly id: number;
  readonly tone: 'status' | 'alert';
  readonly text: string;
  readonly can: 'undo' | 'redo' | 'retry' | 'replace' | 'nothing';
  /** Of `retry` and `replace`, and of what was skipped: one of the items that it is about. */
  readonly item?: string;
}

export const DONE: Readonly<Record<Decision, string>> = {
  clear: 'cleared',
  block: 'blocked',
  escalate: 'escalated',
  skip: 'skipped',
  concern: 'marked as a concern',
};

export interface DecisionsOptions {
  readonly run: Pick<Run, 'decide' | 'undo' | 'redo' | 'journal'>;
  /** How an item is called: "Picture 12", or its name. */
  readonly name: (item: string) => string;
  /** Items whose row looks different now. */
  readonly changed: (items: readonly string[]) => void;
  /** Deletes what the browser could do without; whether there was anything. */
  readonly makeRoom: () => Promise<boolean>;
}

/** Why a decision is not on disk, and that it is not lost. */
export function unsavedWords({ message }: Pick<SerializedError, 'message'>): string {
  return message.startsWith('Not saved') ? message : `Not saved. ${message} Your decision is still here.`;
}

/** Milliseconds within which two things are said as one. */
const AT_ONCE = 1_000;

export class Decisions {
  readonly said = new Store<Said | undefined>(undefined);
  /** By item id. */
  readonly unsaved = new Map<string, Unsaved>();
  #next = 1;
  /** When something was told that nobody had asked for. */
  #told = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: DecisionsOptions) {}

  /** Items whose decision could not be saved, or is not the first: somebody has to say what becomes of it. */
  get failed(): readonly string[] {
    return [...this.unsaved].flatMap(([item, { error, conflict }]) => (error || conflict ? item : []));
  }

  /** What is not on disk, and could be: for an export that has everything. */
  get pending(): readonly Deciding[] {
    return [...this.unsaved.values()].flatMap(({ deciding, conflict }) => (conflict ? [] : deciding));
  }

  /** The decision an item shows: the one on its way, else the one in force. */
  of(item: string): Decision | undefined {
    const { deciding } = this.unsaved.get(item) ?? {};
    // A second pass is written beside the first, and changes nothing.
    if (deciding && !deciding.second && isDecision(deciding.decision)) return deciding.decision;
    return this.options.run.journal.of(item).decision;
  }

  /** Resolves when it is on disk, or was said not to be. */
  decide(deciding: Deciding): Promise<boolean> {
    return this.decideAll([deciding]);
  }

  /** Several at once, undone together: all are written, or none. `what`: "14 alike"; of one item its name. */
  async decideAll(
    all: readonly Deciding[],
    what = all[0] ? this.options.name(all[0].item) : '',
  ): Promise<boolean> {
    if (all.length === 0) return true;
    const group: Group = { all, what };
    const entries = all.map((deciding): Unsaved => ({ deciding, group }));
    for (const entry of entries) this.unsaved.set(entry.deciding.item, entry);
    this.#changed(group);
    try {
      return this.#settle(entries, await this.#append(all));
    } catch (thrown) {
      this.#fail(entries, toWinnowError(thrown).serialize());
      return false;
    }
  }

  /** *Retry*, and *Replace* where another tab was first; with the whole of its group. */
  async again(item: string): Promise<boolean> {
    const entry = this.unsaved.get(item);
    if (!entry || (!entry.error && !entry.conflict)) return false;
    const { all, what, conflicts = [] } = entry.group;
    const revs = new Map(conflicts.map((conflict) => [conflict.item, conflict.rev]));
    return this.decideAll(
      all.map((deciding) => {
        const rev = revs.get(deciding.item);
        return rev === undefined ? deciding : { ...deciding, rev };
      }),
      what,
    );
  }

  /** *Keep theirs*: what was not saved is forgotten, with the whole of its group. */
  drop(item: string): void {
    const entry = this.unsaved.get(item);
    if (!entry) return;
    for (const { item: one } of entry.group.all)
      if (this.unsaved.get(one)?.group === entry.group) this.unsaved.delete(one);
    this.said.set(undefined);
    this.#changed(entry.group);
  }

  /** Takes back what was done last; the items it was about, or none. */
  async undo(): Promise<readonly string[]> {
    return this.#turn('undo');
  }

  async redo(): Promise<readonly string[]> {
    return this.#turn('redo');
  }

  /** Anything else that everybody has to know at once. */
  tell(text: string, tone: Said['tone'] = 'status'): void {
    this.#say(tone, text, 'nothing');
  }

  /** Lets go of what asks for no answer: it may be about an item that is to be seen without what was decided of it. */
  quiet(): void {
    if (this.said.get()?.tone === 'status') this.hush();
  }

  hush(): void {
    this.said.set(undefined);
  }

  /** S02: where there is no room, what was downloaded in part goes first, and it is tried once more. */
  async #append(deciding: readonly Deciding[]): Promise<Appended> {
    const { run, makeRoom } = this.options;
    try {
      return await run.decide(deciding);
    } catch (thrown) {
      if (toWinnowError(thrown).code !== 'storage-full' || !(await makeRoom().catch(() => false)))
        throw thrown;
      return run.decide(deciding);
    }
  }

  /** The same words; what can be done about them has changed. */
  retell(): void {
    this.said.update((said) => said && { ...said });
  }

  #settle(entries: readonly Unsaved[], appended: Appended): boolean {
    const { group, deciding } = entries[0]!;
    if ('conflicts' in appended) {
      group.conflicts = appended.conflicts;
      const [conflict] = appended.conflicts;
      this.#put(entries, { conflict: conflict! });
      this.#say('alert', conflictWords(group, appended.conflicts), 'replace', deciding.item);
      return false;
    }
    // A later decision about the same item may be on its way already.
    for (const entry of entries)
      if (this.unsaved.get(entry.deciding.item) === entry) this.unsaved.delete(entry.deciding.item);
    this.#changed(group);
    this.#tell(group, deciding);
    return true;
  }

  #fail(entries: readonly Unsaved[], error: SerializedError): void {
    this.#put(entries, { error });
    this.#say('alert', unsavedWords(error), 'retry', entries[0]!.deciding.item);
  }

  #put(entries: readonly Unsaved[], more: Pick<Unsaved, 'error' | 'conflict'>): void {
    for (const entry of entries) {
      const { item } = entry.deciding;
      if (this.unsaved.get(item) === entry) this.unsaved.set(item, { ...entry, ...more });
    }
    this.#changed(entries[0]!.group);
  }

  #changed({ all }: Group): void {
    this.options.changed(all.map(({ item }) => item));
  }

  #tell({ what }: Group, { decision, reason, item }: Deciding): void {
    if (decision === 'note') this.#say('status', `Note on ${what} saved.`, 'undo');
    if (!isDecision(decision)) return;
    const why = reason ? ` Reason: ${reason.replace(/\.$/, '')}.` : '';
    this.#say('status', `${what} ${DONE[decision]}.${why}`, 'undo', item);
  }

  async #turn(way: 'undo' | 'redo'): Promise<readonly string[]> {
    try {
      const turned = await this.options.run[way]();
      if (!turned) {
        this.#say('status', way === 'undo' ? 'Nothing to undo.' : 'Nothing to redo.', 'nothing');
        return [];
      }
      const items = turned.of.map(({ item }) => item);
      if ('conflicts' in turned) {
        this.#say('alert', 'Another tab was first. Nothing was taken back; try again.', 'nothing');
        return items;
      }
      this.options.changed(items);
      this.#say('status', turnedWords(way, turned.of, this.options.name), way === 'undo' ? 'redo' : 'undo');
      return items;
    } catch (thrown) {
      this.#say('alert', unsavedWords(toWinnowError(thrown)), 'nothing');
      return [];
    }
  }

  #say(tone: Said['tone'], text: string, can: Said['can'], item?: string): void {
    const told = this.said.get();
    // What was told a moment ago, such as that it was the last one, is not wiped away by the decision that it came with.
    const both = can === 'undo' && told?.can === 'nothing' && performance.now() - this.#told < AT_ONCE;
    if (can === 'nothing') this.#told = performance.now();
    this.said.set({
      ...{ id: this.#next++, tone, text: both ? `${text} ${told.text}` : text, can },
      ...(item !== undefined && { item }),
    });
  }
}

const isDecision = (act: string): act is Decision => Object.hasOwn(DONE, act);

function conflictWords({ all }: Group, conflicts: readonly Conflict[]): string {
  if (all.length === 1)
    return `Decided in another tab: ${wordOf(conflicts[0]!.current)}. Yours was not saved.`;
  const some = conflicts.length.toLocaleString('en-GB');
  return `Another tab decided ${some} of these first. None of yours was saved.`;
}

const wordOf = ({ decision }: DecisionRecord): string => (isDecision(decision) ? DONE[decision] : decision);

/** "Undone: harbour-0412.jpg blocked." */
function turnedWords(
  way: 'undo' | 'redo',
  records: readonly DecisionRecord[],
  name: (item: string) => string,
): string {
  const head = way === 'undo' ? 'Undone' : 'Done again';
  const [first] = records;
  if (!first) return `${head}.`;
  if (records.length > 1) return `${head}: ${records.length.toLocaleString('en-GB')} decisions.`;
  if (first.decision === 'label') return `${head}: labels of ${name(first.item)}.`;
  if (first.decision === 'note') return `${head}: the note on ${name(first.item)}.`;
  return `${head}: ${name(first.item)} ${wordOf(first)}.`;
}
