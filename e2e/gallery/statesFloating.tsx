import { useState } from 'react';
import {
  Blank,
  Button,
  type Command,
  EmptyState,
  EnforcedDialog,
  ErrorNotice,
  HelpDialog,
  LimitsDialog,
  ModelPicker,
  Notice,
  Palette,
  ProgressSteps,
  Shell,
  Toast,
  type ToastMessage,
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
  children: (open: boolean, close: () => void) => React.ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{name}</Button>
      {children(open, () => setOpen(false))}
    </>
  );
}

function Toasts() {
  const [toast, setToast] = useState<ToastMessage | null>(null);
  const [count, setCount] = useState(0);
  const show = (tone: ToastMessage['tone']) => () => {
    setCount(count + 1);
    setToast(
      tone === 'status'
        ? {
            id: count,
            tone,
            icon: 'block',
            text: `${longName} blocked`,
            actions: [{ label: 'Undo', shortcut: 'Ctrl Z', onClick: nothing }],
          }
        : {
            id: count,
            tone,
            text: 'Not saved. The disk is full. Your decision is still here.',
            actions: [
              { label: 'Retry', onClick: nothing },
              { label: 'Export', onClick: nothing },
            ],
          },
    );
  };
  return (
    <div className="row wrap">
      <Button onClick={show('status')}>Show a message</Button>
      <Button onClick={show('alert')}>Show a failure</Button>
      <Toast toast={toast} onDismiss={() => setToast(null)} />
    </div>
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

const shell = { onBlurAll: nothing, onFind: nothing, onHelp: nothing, onEnforced: nothing };
const foot = (
  <>
    <span>Scores are estimates, not findings.</span>
    <span>Image models do not detect child abuse material; the text guard is not a general filter.</span>
  </>
);

export const floatingStates: readonly GalleryState[] = [
  {
    name: 'notices',
    caption: 'A bold fact, a sentence with what to do, one button.',
    render: () => (
      <>
        <Notice icon="offline" title="Offline.">
          Scoring works. Downloads wait until you are back.
        </Notice>
        <Notice tone="warn" title="Private mode." action={{ label: 'Export', onClick: nothing }}>
          Nothing is kept when this tab closes. Export before you leave.
        </Notice>
        <Notice
          tone="bad"
          title="Starter image could not start."
          action={{ label: 'Check again', onClick: nothing }}
        >
          The check failed on every backend, so its items are Needs review.
        </Notice>
        <ErrorNotice
          title={`${longName} was not read.`}
          reason="The file ends before the picture does. Save it again, or drop another copy."
          code="damaged-file"
        />
      </>
    ),
  },
  {
    name: 'progress',
    caption: 'Download, prepare, check; paused.',
    render: () => (
      <>
        <ProgressSteps
          label="Starter image"
          text="91.2 of 609.3 MB · 4.1 MB a second · about 2 min left"
          steps={[
            { name: 'Download', value: 0.42, state: 'now', weight: 3 },
            { name: 'Prepare', value: 0, state: 'todo' },
            { name: 'Check', value: 0, state: 'todo' },
          ]}
        />
        <ProgressSteps
          label="Starter text"
          text="Paused. 91.2 MB kept."
          steps={[
            { name: 'Herunterladen', value: 1, state: 'done', weight: 3 },
            { name: 'Vorbereiten', value: 0.5, state: 'paused' },
            { name: 'Überprüfen', value: 0, state: 'todo' },
          ]}
        />
      </>
    ),
  },
  {
    name: 'blanks',
    caption: 'Nothing here yet, or not here at all.',
    render: () => (
      <>
        <Blank icon="bench" title="No answer yet">
          Type a prompt, or pick a sample. Every model answers as you go.
        </Blank>
        <Blank icon="search">Nothing here is called that.</Blank>
      </>
    ),
  },
  {
    name: 'empty',
    caption: 'An empty place, with a way on.',
    render: () => (
      <EmptyState
        icon="folder"
        title="Open a folder, a zip or a table"
        sentence="Thousands of files are fine. Results appear as they come; you can stop and carry on later."
        actions={
          <>
            <Button variant="main">Open folder</Button>
            <Button>Open file</Button>
          </>
        }
      />
    ),
  },
  { name: 'toast', caption: 'One at a time; hover and focus hold it.', render: Toasts },
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
  {
    name: 'shell',
    caption: 'A whole page.',
    alone: true,
    render: () => (
      <Shell
        {...shell}
        current="bench"
        foot={foot}
        notice={
          <Notice tone="warn" title="Private mode.">
            Nothing is kept when this tab closes. Export before you leave.
          </Notice>
        }
      >
        <div className="head">
          <h1>Bench</h1>
          <span className="soft">Type or drop something. Every model answers as you go.</span>
          <Button size="small" variant="main" icon="plus" className="push">
            Add model
          </Button>
        </div>
      </Shell>
    ),
  },
  {
    name: 'shell-coming',
    caption: 'A place that is not built yet.',
    alone: true,
    render: () => (
      <Shell {...shell} current="evaluate" foot={foot}>
        <EmptyState
          level="page"
          icon="evaluate"
          title="Evaluate is not built yet"
          sentence="Here a labelled set of your own will say where each line should stand."
          points={[
            'Precision and recall along the same axis as the sliders',
            'Operating points with a name and a date',
          ]}
          actions={
            <a className="btn" href="#/bench">
              Back to the bench
            </a>
          }
        />
      </Shell>
    ),
  },
];
