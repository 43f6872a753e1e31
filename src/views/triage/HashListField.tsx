/** A list of hashes that a team brings along; in memory only (C04). */
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Button, FilePick } from '../../ui';
import { count } from '../bench/words';

export function HashListField({ screening, view }: { screening: Screening; view: ScreenView }) {
  const { listed } = useBench().triage;
  const { reading, size, skipped, error } = useStore(listed.store);
  // A filter by the mark shows other items now.
  const again = () => screening.arrange({});
  return (
    <section className="hashlist" aria-label="Hash list">
      <h3>Hash list</h3>
      <p className="meta">
        A text file with one SHA-256 per line. Items with one of them get the mark Listed, which you can
        filter by. It stays in the memory of this tab: it is not stored, not exported, and has no say in a
        verdict.
      </p>
      {error && (
        <p className="hashlist__problem" role="alert">
          {error.message}
        </p>
      )}
      <div className="row wrap">
        <FilePick
          single
          size="small"
          icon="file"
          accept=".txt,.csv,.sha256,text/plain"
          label={size > 0 ? 'Choose another hash list' : 'Choose a hash list'}
          disabled={reading}
          onFiles={([first]) => {
            if (first) void listed.load(first.file).then(again);
          }}
        >
          {reading ? 'Reading' : size > 0 ? 'Choose another' : 'Choose a list'}
        </FilePick>
        {size > 0 && (
          <>
            <span className="num meta" role="status">
              {count(size)} {size === 1 ? 'hash' : 'hashes'}
              {skipped > 0 && `, ${count(skipped)} ${skipped === 1 ? 'line was' : 'lines were'} none`}
            </span>
            <Button
              size="small"
              onClick={() => screening.arrange({ filters: { ...view.filters, mark: ['listed'] } })}
            >
              Show listed items
            </Button>
            <Button
              size="small"
              variant="bare"
              onClick={() => {
                listed.clear();
                again();
              }}
            >
              Remove the list
            </Button>
          </>
        )}
      </div>
    </section>
  );
}
