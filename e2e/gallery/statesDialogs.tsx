import { type ReactNode, useState } from 'react';
import {
  Button,
  type Command,
  EnforcedDialog,
  HelpDialog,
  LimitsDialog,
  ModelPicker,
  Palette,
} from '../../src/ui';
import { longName } from './longWords';
import type { GalleryState } from './states';

const nothing = () => undefined;

const commands: readonly Command[] = [
  {
    id: 'review',
    group: 'This screen',
    label: 'Set review from…',
    icon: 'evaluate',
    words: 'threshold',
    run: nothing,
  },
  {
    id: 'block',
    group: 'This screen',
    label: 'Set block from…',
    icon: 'evaluate',
    words: 'threshold',
    run: nothing,
  },
  { id: 'reset', group: 'This screen', label: 'Reset thresholds to the card', icon: 'undo', run: nothing },
  { id: 'blur', group: 'This screen', label: 'Blur all', icon: 'hidden', shortcut: 'B', run: nothing },
  { id: 'triage', group: 'Go to', label: 'Triage', icon: 'triage', shortcut: 'G T', run: nothing },
  { id: 'models', group: 'Go to', label: 'Models', icon: 'models', run: nothing },
  { id: 'long', group: 'Models', label: `Thresholds of ${longName}`, icon: 'models', run: nothing },
  { id: 'dark', group: 'Settings', label: 'Dark theme', icon: 'dark', run: nothing },
];

/** Opens on the page as a person would, so that focus has somewhere to return to. */
function Opener({
  name,
  children,
}: {
  name: string;
  children: (open: boolean, close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{name}</Button>
      {children(open, () => setOpen(false))}
    </>
  );
}

const picker = [
  { id: 'a', name: 'Pineapple stand-in', facts: 'Text · 384 tokens · 2.4 MB', added: true },
  { id: 'b', name: 'Starter image', facts: 'Image · 224 px · 2.6 MB', added: false },
  { id: 'c', name: longName, facts: '', added: false, unavailable: 'Needs 609 MB; 120 MB are free.' },
];

function Picker({ open, close }: { open: boolean; close: () => void }) {
  const [added, setAdded] = useState<readonly string[]>(['a']);
  const toggle = (id: string) =>
    setAdded(added.includes(id) ? added.filter((other) => other !== id) : [...added, id]);
  return (
    <ModelPicker
      open={open}
      onClose={close}
      models={picker.map((model) => ({ ...model, added: added.includes(model.id) }))}
      onToggle={toggle}
    />
  );
}

export const dialogStates: readonly GalleryState[] = [
  {
    name: 'palette',
    caption: 'Commands and models, never content.',
    render: () => (
      <Opener name="Open the palette">
        {(open, close) => <Palette open={open} onClose={close} commands={commands} />}
      </Opener>
    ),
  },
  {
    name: 'dialog-help',
    caption: 'Help and keys.',
    render: () => (
      <Opener name="Open help">
        {(open, close) => (
          <HelpDialog
            open={open}
            onClose={close}
            groups={[
              {
                title: 'Everywhere',
                keys: [
                  { keys: ['B'], does: 'Blur all' },
                  { keys: ['Ctrl', 'K'], does: 'Find a command or a model' },
                  { keys: ['?'], does: 'Help and keys' },
                ],
              },
              {
                title: 'Pictures',
                keys: [
                  { keys: ['Space'], does: 'Hold to reveal, let go to hide' },
                  { keys: ['G'], does: 'Colour while shown' },
                ],
              },
              {
                title: 'Thresholds',
                keys: [
                  { keys: ['←', '→'], does: 'Move by 0.01' },
                  { keys: ['Shift', '←', '→'], does: 'Move by 0.05' },
                  { keys: ['Page Up', 'Page Down'], does: 'Move by 0.10' },
                ],
              },
            ]}
          />
        )}
      </Opener>
    ),
  },
  {
    name: 'dialog-enforced',
    caption: 'How this is enforced.',
    render: () => (
      <Opener name="Open enforcement">
        {(open, close) => (
          <EnforcedDialog
            open={open}
            onClose={close}
            facts={[
              {
                title: 'The page cannot call other machines',
                text: 'Its headers let it connect to nothing but where it came from.',
                holds: true,
              },
              {
                title: 'Threads are isolated',
                text: 'This browser does not isolate the page; scoring is slower.',
                holds: false,
              },
              {
                title: 'Pictures stay in memory',
                text: 'They are decoded in a worker without network and never written.',
              },
            ]}
            limits={['An extension you installed can read the page.', 'A screenshot is outside our control.']}
          />
        )}
      </Opener>
    ),
  },
  {
    name: 'dialog-limits',
    caption: 'Limits of each model.',
    render: () => (
      <Opener name="Open limits">
        {(open, close) => (
          <LimitsDialog
            open={open}
            onClose={close}
            models={[
              {
                id: 'a',
                name: 'Pineapple stand-in',
                does: 'Says how likely a text is about pineapples.',
                limits: ['A starter, for trying things out, not for enforcement.', 'Knows no other fruit.'],
              },
            ]}
          />
        )}
      </Opener>
    ),
  },
  {
    name: 'dialog-models',
    caption: 'Which models stand on the bench.',
    render: () => <Opener name="Open models">{(open, close) => <Picker open={open} close={close} />}</Opener>,
  },
];
