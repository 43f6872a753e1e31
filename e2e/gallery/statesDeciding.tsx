import { useState } from 'react';
import {
  BulkDialog,
  type BulkFacts,
  Button,
  NoteField,
  Toast,
  type ToastMessage,
  Unlooked,
} from '../../src/ui';
import { longName } from './longWords';
import type { GalleryState } from './states';

const nothing = () => undefined;

const facts: BulkFacts = {
  ...{ rows: 281, targets: 302, decided: 12, unread: 3, concerns: 1, unseen: 290 },
  verdicts: { block: 17, review: 241, 'needs-review': 10, clear: 30, pending: 4 },
};

function Bulk() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Decide many</Button>
      <BulkDialog
        open={open}
        onClose={close}
        what="318 shown"
        initial="clear"
        facts={(again) => (again ? { ...facts, targets: 314 } : facts)}
        onDecide={close}
      />
    </>
  );
}

function Question() {
  const [toast, setToast] = useState<ToastMessage | null>(null);
  const choice = (label: string, at: number) => ({ label, shortcut: `${at + 1}`, onClick: nothing });
  return (
    <>
      <Button
        onClick={() =>
          setToast({
            ...{ id: 1, tone: 'status', text: `${longName} skipped. 1 to 3 say why.` },
            actions: [{ label: 'Undo', shortcut: 'Ctrl Z', onClick: nothing }],
            choices: { label: 'Why?', of: ['Cannot tell', 'Needs context', 'Rather not look'].map(choice) },
          })
        }
      >
        Ask why
      </Button>
      <Toast toast={toast} onDismiss={() => setToast(null)} />
    </>
  );
}

export const decidingStates: readonly GalleryState[] = [
  { name: 'bulk', caption: 'Many at once: what it will do, before it does it.', render: Bulk },
  { name: 'toast-question', caption: 'Why it was skipped; nobody has to answer.', render: Question },
  {
    name: 'note',
    caption: 'A line of one’s own words: empty, and written.',
    render: () => (
      <div className="stack">
        <NoteField note="" onSave={nothing} />
        <NoteField note={longName} onSave={nothing} />
      </div>
    ),
  },
  {
    name: 'unlooked',
    caption: 'Decide without looking: alike ones and near ones in the place of the picture.',
    render: () => (
      <Unlooked
        name="Picture 12"
        around={[
          { label: '13 alike', decisions: { clear: 9, block: 3, open: 1 } },
          { label: 'Near', decisions: {} },
        ]}
      />
    ),
  },
];
