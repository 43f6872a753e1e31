/** Which column of a table holds the prompts: where nobody could tell, and where the guess was wrong. */
import { useState } from 'react';
import type { TableColumns } from '../../sdk/input-types';
import type { Asking } from '../../state/triage/triage';
import { Button, Dialog } from '../../ui';
import './notes.css';

/** Values of a column that are shown: enough to tell it by. */
const SAMPLES = 2;
const ROWS = 3;

export function ColumnsDialog({ asking }: { asking: Asking | undefined }) {
  const [chosen, setChosen] = useState<{ of: Asking; columns: Partial<TableColumns> }>();
  const columns: Partial<TableColumns> | undefined =
    asking && (chosen?.of === asking ? chosen.columns : (asking.columns ?? guessed(asking)));
  const { text } = columns ?? {};
  const anew = asking?.columns !== undefined;
  const leave = () => asking?.answer(undefined);
  return (
    <Dialog
      open={asking !== undefined}
      onClose={leave}
      title="Which column holds the prompts?"
      foot={
        <>
          <Button onClick={leave}>{anew ? 'Keep it as it is' : 'Leave the table out'}</Button>
          <Button
            variant="main"
            disabled={text === undefined}
            onClick={() => {
              if (text !== undefined) asking?.answer({ ...columns, text });
            }}
          >
            {anew ? 'Read it anew' : 'Use this column'}
          </Button>
        </>
      }
    >
      {asking && columns && (
        <>
          <fieldset className="columns">
            <legend className="soft">
              {anew
                ? `${asking.name} is read again from the beginning.`
                : `${asking.name} has several that could be meant.`}
            </legend>
            {asking.look.columns.map(({ name, samples }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns may have the same name, and never move
              <label key={place} className="columns__one">
                <input
                  type="radio"
                  name="column"
                  checked={text === place}
                  onChange={() => setChosen({ of: asking, columns: withText(columns, place) })}
                />
                <span>
                  <b>{name || 'The line itself'}</b>
                  {samples.slice(0, SAMPLES).map((sample, line) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: values may be the same, and never move
                    <span key={line} className="meta clip columns__sample">
                      {sample}
                    </span>
                  ))}
                </span>
              </label>
            ))}
          </fieldset>
          <More
            asking={asking}
            columns={columns}
            onChange={(next) => setChosen({ of: asking, columns: next })}
          />
          {text !== undefined && <Preview asking={asking} columns={{ ...columns, text }} />}
        </>
      )}
    </Dialog>
  );
}

interface MoreProps {
  asking: Asking;
  columns: Partial<TableColumns>;
  onChange(columns: Partial<TableColumns>): void;
}

/** The column that names the items, and whether there is a heading. */
function More({ asking: { look }, columns, onChange }: MoreProps) {
  const { id: _, ...rest } = columns;
  return (
    <div className="columns__more">
      <label className="pick">
        <span className="meta">Items are called by</span>
        <select
          value={columns.id ?? ''}
          onChange={({ target: { value } }) => onChange(value === '' ? rest : { ...rest, id: Number(value) })}
        >
          <option value="">their row</option>
          {look.columns.map(({ name }, place) =>
            place === columns.text ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <option key={place} value={place}>
                {name}
              </option>
            ),
          )}
        </select>
      </label>
      {look.format === 'delimited' && (
        <label className="settings__check">
          <input
            type="checkbox"
            checked={columns.header ?? look.header}
            onChange={(event) => onChange({ ...columns, header: event.target.checked })}
          />
          The first row names the columns
        </label>
      )}
    </div>
  );
}

/** The first rows as they will be read. */
function Preview({ asking: { look }, columns }: { asking: Asking; columns: TableColumns }) {
  const texts = valuesOf(look, columns, columns.text);
  const ids = columns.id === undefined ? [] : valuesOf(look, columns, columns.id);
  // Of lines without the field nobody knows here which ones they were.
  const aligned = ids.length === texts.length;
  return (
    <section className="columns__preview" aria-label="First rows">
      <h3>First rows</h3>
      <table>
        <tbody>
          {texts.slice(0, ROWS).map((text, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={at}>
              <th scope="row">{(aligned && ids[at]) || `row ${at + 1}`}</th>
              <td>
                <bdi>{text}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Samples are taken below the heading that the look saw, where it saw one. */
function valuesOf(look: Asking['look'], { header = look.header }: TableColumns, at: number) {
  const { name, samples } = look.columns[at] ?? { name: '', samples: [] };
  if (look.format !== 'delimited' || header === look.header) return samples;
  return header ? samples.slice(1) : [name, ...samples];
}

const guessed = ({ look: { id } }: Asking): Partial<TableColumns> => (id === undefined ? {} : { id });

/** A column is one thing or the other. */
function withText({ id, ...rest }: Partial<TableColumns>, text: number): Partial<TableColumns> {
  return { ...rest, text, ...(id !== undefined && id !== text && { id }) };
}
