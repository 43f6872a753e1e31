/** Under the head: what of a drop is no item, and by which column a table is read. Nothing where there is nothing to say. */
import type { UsedTable } from '../../state/triage/drops';
import { leftOutReasons, leftOutWords } from '../../state/triage/left-out';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Button, Icon } from '../../ui';
import { count } from '../bench/words';
import './notes.css';

export function RunNotes({ screening, view }: { screening: Screening; view: ScreenView }) {
  const { triage } = useBench();
  const { tables } = useStore(triage.store);
  const { skipped } = view;
  const words = leftOutWords(skipped);
  if (words === '' && tables.length === 0) return null;
  const undecided = screening.run.journal.seq === 0;
  return (
    <div className="runnotes">
      {words !== '' && (
        <details className="leftout">
          <summary>
            <Icon name="info" />
            <span>{words}</span>
          </summary>
          <ul>
            {leftOutReasons(skipped).map(({ why, files, words: says, extensions }) => (
              <li key={why}>
                {count(files)} {says}:{' '}
                {extensions.map(({ name, files: times }) => `${kindOf(name)} ${count(times)}`).join(', ')}
              </li>
            ))}
          </ul>
        </details>
      )}
      {tables.map((table) => (
        <p key={`${table.name} ${table.look.columns.length}`} className="runnotes__table">
          <Icon name="file" />
          <span>{readBy(table)}</span>
          {undecided && (
            <Button size="small" variant="bare" onClick={() => void triage.changeColumns(table)}>
              Change column
            </Button>
          )}
        </p>
      ))}
    </div>
  );
}

const kindOf = (extension: string): string => (extension === '' ? 'without an ending' : `.${extension}`);

/** "Texts are read from column prompt, named by id." */
function readBy({ look, columns }: UsedTable): string {
  const name = (at: number | undefined) => (at === undefined ? undefined : look.columns[at]?.name);
  const [text, id] = [name(columns.text), name(columns.id)];
  const column = text ? `column ${text}` : 'each line';
  return `Texts are read from ${column}${id ? `, named by ${id}` : ''}.`;
}
