/** Deleting cannot be undone: it asks once, and says what goes. */
import { useBench, useStore } from '../../state/use';
import { Button, Dialog } from '../../ui';
import { bytes } from '../bench/words';

export function DeleteDialog({ id, onClose }: { id: string | undefined; onClose(): void }) {
  const bench = useBench();
  const { models, chosen } = useStore(bench.models.store);
  const model = models.find(({ card }) => card.id === id);
  const name = model?.card.name ?? '';
  return (
    <Dialog
      open={model !== undefined}
      onClose={onClose}
      title={`Delete ${name}?`}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="main"
            icon="trash"
            onClick={() => {
              if (model) void bench.installs.remove(model.card);
              onClose();
            }}
          >
            Delete {model && bytes(model.bytes)}
          </Button>
        </>
      }
    >
      {model && (
        <p>
          This deletes {bytes(model.bytes)} that this browser keeps of it
          {chosen.includes(model.card.id) ? ', and takes it off the bench' : ''}.{' '}
          {(model.installed?.origin?.kind ?? 'files') === 'files'
            ? 'The files you installed it from are not touched; you need them to install it again.'
            : 'To use it again it has to be fetched again.'}{' '}
          This cannot be undone.
        </p>
      )}
    </Dialog>
  );
}
