import { useState } from 'react';
import {
  Blank,
  Button,
  EmptyState,
  ErrorNotice,
  Notice,
  ProgressSteps,
  Shell,
  Toast,
  type ToastMessage,
} from '../../src/ui';
import { longName } from './longWords';
import type { GalleryState } from './states';

const nothing = () => undefined;

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
