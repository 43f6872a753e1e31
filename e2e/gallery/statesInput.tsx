import { useState } from 'react';
import {
  Button,
  DropZone,
  Field,
  type HiddenMark,
  Key,
  PromptEditor,
  type PromptEditorProps,
  type Theme,
  ThemeSwitch,
} from '../../src/ui';
import { longName } from './longWords';
import type { GalleryState } from './states';

const nothing = () => undefined;

const sample =
  'Poster for the harbour fair: two crates of pine\u200bapple on the quay at first light, sliced fruit on a blue plate, room for a headline at the top.';
const at = (word: string) => ({ start: sample.indexOf(word), end: sample.indexOf(word) + word.length });
const spans = [
  { ...at('pine\u200bapple'), strength: 3 },
  { ...at('quay'), strength: 1 },
  { ...at('sliced'), strength: 2 },
] as const;
const hidden: HiddenMark[] = [{ ...at('\u200b'), label: 'U+200B', name: 'Zero width space' }];

function Prompt(props: Partial<PromptEditorProps>) {
  const [value, setValue] = useState(props.value ?? '');
  const [first] = useState(value);
  return (
    <div className="framed framed--prompt">
      <PromptEditor label="Prompt" marksFor={first} {...props} value={value} onChange={setValue} />
      <output hidden data-length={value.length} />
    </div>
  );
}

function Themes() {
  const [theme, setTheme] = useState<Theme>('system');
  return <ThemeSwitch value={theme} onChange={setTheme} />;
}

const zone = { prompt: 'Drop or paste pictures', onFiles: nothing, onEnforced: nothing, wholeWindow: false };

function Drops() {
  const [count, setCount] = useState(0);
  return (
    <>
      <DropZone {...zone} onFiles={(files) => setCount(count + files.length)} />
      <output className="meta" data-files={count}>
        {count} files taken
      </output>
    </>
  );
}

export const inputStates: readonly GalleryState[] = [
  {
    name: 'prompt-empty',
    caption: 'Before anything is typed.',
    render: () => (
      <Prompt
        placeholder="Type or paste a prompt"
        meter={{ text: '0 of 384 tokens', windows: [{ start: 0, end: 0, fill: 0 }] }}
        note="Underlined words pushed the score, the heavier the more."
      />
    ),
  },
  {
    name: 'prompt-marks',
    caption: 'Three strengths and a hidden character.',
    render: () => (
      <Prompt
        value={sample}
        spans={spans}
        hidden={hidden}
        meter={{ text: '43 of 384 tokens', windows: [{ start: 0, end: sample.length, fill: 0.11 }] }}
        note="The hidden character was removed before scoring; your text is unchanged."
      />
    ),
  },
  {
    name: 'prompt-windows',
    caption: 'Longer than the model reads.',
    render: () => {
      const text = `${'Crates of fruit on the quay. '.repeat(90)}A pineapple, in red.`;
      const third = Math.floor(text.length / 3);
      const windows = [0, 1, 2].map((n) => ({
        start: n * third,
        end: (n + 1) * third,
        fill: n === 2 ? 0.42 : 1,
      }));
      return (
        <Prompt
          value={text}
          spans={[{ start: text.indexOf('pineapple'), end: text.indexOf('pineapple') + 9, strength: 3 }]}
          meter={{
            text: '907 tokens, 3 windows',
            windows: windows.map((window, n) =>
              n === 2 ? { ...window, verdict: 'block' as const } : window,
            ),
          }}
          note="Longer than the model reads. All 3 windows were scored; the highest counts."
        />
      );
    },
  },
  {
    name: 'prompt-1mb',
    heavy: true,
    caption: 'A million characters.',
    render: () => {
      const text = 'two crates of fruit on the quay at first light, '.repeat(21_000);
      const windows = Array.from({ length: 600 }, (_, n) => ({
        start: n * 1680,
        end: (n + 1) * 1680,
        fill: 1,
      }));
      return (
        <Prompt
          value={text}
          meter={{
            text: '211,400 tokens, 600 windows',
            windows: windows.map((window, n) =>
              n === 411 ? { ...window, verdict: 'review' as const } : window,
            ),
          }}
        />
      );
    },
  },
  {
    name: 'prompt-rtl',
    caption: 'Right-to-left text.',
    render: () => (
      <Prompt value="صندوقان من الأناناس على الرصيف" spans={[{ start: 10, end: 18, strength: 2 }]} />
    ),
  },
  { name: 'drop-idle', caption: 'Waiting for files.', render: Drops },
  {
    name: 'drop-reading',
    caption: 'Reading.',
    render: () => <DropZone {...zone} reading={{ total: 14, ready: 6 }} onStop={nothing} />,
  },
  {
    name: 'drop-refused',
    caption: 'Refused, per file, with the fix.',
    render: () => (
      <DropZone
        {...zone}
        onDismissRefused={nothing}
        refused={[longName.replace('.jpg', '.psd'), 'poster.svg', 'c.heic', 'd.tif', 'e.txt'].map((name) => ({
          name,
          reason: 'Winnow reads PNG, JPEG, WebP, GIF, AVIF and BMP. Save a copy in one of these.',
        }))}
      />
    ),
  },
  {
    name: 'drop-tall',
    caption: 'On an empty screen.',
    render: () => (
      <DropZone
        {...zone}
        tall={{
          title: 'Drop pictures here',
          sentence: 'Several at once are fine. They stay hidden and grey until you hold one to see it.',
          more: <Button>Try a sample</Button>,
        }}
      />
    ),
  },
  {
    name: 'controls',
    caption: 'Buttons, keys, fields, theme.',
    render: () => (
      <>
        <div className="row wrap">
          <Button variant="main">Main</Button>
          <Button>Default</Button>
          <Button variant="bare">Bare</Button>
          <Button pressed>Pressed</Button>
          <Button disabled>Not now</Button>
          <Button icon="copy">Copy as policy</Button>
          <Button size="small" icon="hidden" shortcut="B">
            Blur all
          </Button>
          <Button size="small" iconOnly icon="close" aria-label="Close" />
        </div>
        <div className="row wrap">
          <Key>A</Key>
          <Key>Space</Key>
          <Key>Ctrl K</Key>
        </div>
        <Field label="Name of the policy" placeholder="Harbour fair" hint="Shown in the copied file." />
        <Field label="Review from" defaultValue="1.4" error="A number from 0 to 1." />
        <Themes />
      </>
    ),
  },
];
