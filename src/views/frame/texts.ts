/** What the dialogs say. Every sentence here is checked against the headers and the code it describes. */
import type { EnforcedFact, KeyGroup } from '../../ui';

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Pictures',
    keys: [
      { keys: ['Space'], does: 'Hold to reveal, let go to hide' },
      { keys: ['J', 'K'], does: 'Next, previous picture; so do the arrows' },
      { keys: ['G'], does: 'Pictures in colour or grey' },
      { keys: ['B'], does: 'Blur all: hide every picture and text at once' },
      { keys: ['Delete'], does: 'Take the picture off the bench' },
    ],
  },
  {
    title: 'Triage',
    keys: [
      { keys: ['A'], does: 'Clear' },
      { keys: ['X'], does: 'Block' },
      { keys: ['E'], does: 'Escalate' },
      { keys: ['S'], does: 'Skip: it stays open' },
      { keys: ['C'], does: 'Mark a possible child-safety concern: it is let go of and not shown again' },
      { keys: ['J', 'K'], does: 'Next, previous item; so do the arrows' },
      { keys: ['→', '←'], does: 'Show what is alike one by one, or together' },
      { keys: ['F'], does: 'Similar items alone; again for all' },
      { keys: ['Shift', 'J', 'K'], does: 'Mark rows; Ctrl A marks all that are shown' },
      { keys: ['D'], does: 'Decide what is marked, or all that is shown' },
      { keys: ['W'], does: 'Decide without looking' },
      { keys: ['N'], does: 'Write a note' },
      { keys: ['1', '–', '9'], does: 'Put a label on, or take it off; after Skip, say why' },
      { keys: ['Backspace'], does: 'Undo; Ctrl Shift Z does it again' },
      { keys: ['/'], does: 'Filter by name or hash' },
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      { keys: ['/'], does: 'Go to the prompt, from the bench' },
      { keys: ['Ctrl', 'Z'], does: 'Undo' },
      { keys: ['Ctrl', 'K'], does: 'Find a command' },
      { keys: ['?'], does: 'This page' },
    ],
  },
  {
    title: 'On a line',
    keys: [
      { keys: ['←', '→'], does: 'By 0.01' },
      { keys: ['Shift', '←', '→'], does: 'By 0.05' },
      { keys: ['Page Up', 'Page Down'], does: 'By 0.10' },
      { keys: ['Home', 'End'], does: 'To its limit' },
    ],
  },
];

/** `isolated`: what the browser says of this page, the one of these facts that a page can see for itself. */
export function enforcedFacts(isolated: boolean): readonly EnforcedFact[] {
  return [
    {
      title: 'This page opens no connections',
      text: "It is served with a content security policy of connect-src 'none': the browser refuses it fetch, XMLHttpRequest, WebSocket, EventSource and beacons, even to its own server.",
    },
    {
      title: 'Nor does the part that reads your content',
      text: "Pictures and text are decoded and scored in a worker of its own, whose script is served with connect-src 'none' as well.",
    },
    {
      title: 'One worker may fetch, and it gets no content',
      text: 'The download worker reads the models and the runtime. Its policy lets it reach the server this page came from, huggingface.co with its stores below hf.co, and what whoever serves this page has added. It is handed addresses, never pictures or text.',
    },
    {
      title: 'No other host is asked unless you install from it',
      text: 'Scripts, styles and the starter models come from one server. The Hub or a mirror is asked only when you press Install, Repair or Look it up; it learns which model you want, and a Hub token if you give one. There are no analytics, fonts or third-party scripts.',
    },
    {
      title: 'Little is kept',
      text: 'Models you installed and unfinished downloads, what their sources said of them, which of them stand on the bench, thresholds, theme, columns and views you named, and the settings of this page, in this browser. Of triage: hashes, scores and decisions of each run; names of files only while a run is told to keep them. No pictures, no prompts, no tokens. The address holds the screen, a model’s name, thresholds, and of a run its number, order, filters and columns, never what you search for.',
    },
    {
      title: isolated ? 'Isolated from other sites' : 'Not isolated from other sites',
      text: isolated
        ? 'The page shares no process with others (cross-origin isolation), which also lets models use several threads.'
        : 'This server sent no isolation headers, so models run on 1 thread. Scores are the same.',
      holds: isolated,
    },
  ];
}

export const ENFORCED_LIMITS: readonly string[] = [
  'Browser extensions and malware, which can read any page.',
  'Links that somebody follows, and WebRTC: no browser lets a page forbid itself these two. Our code uses neither with your data.',
  'A host that serves altered files or leaves out the headers. Serve your own build to be sure.',
  'Screenshots, and what the files themselves tell others who have them.',
];

export const LATER: Readonly<
  Record<'evaluate' | 'explore', { title: string; sentence: string; points: readonly string[] }>
> = {
  evaluate: {
    title: 'Evaluate is not part of this version',
    sentence:
      'A labelled set in, and how well each line would have done out. Until then, thresholds are starting points.',
    points: [
      'Precision and recall for every position of a line, with confidence intervals.',
      'Calibration, and a warning where samples are too few.',
      'Operating points that the bench and triage then use.',
    ],
  },
  explore: {
    title: 'Explore is not part of this version',
    sentence: 'Everything that was screened, arranged by likeness.',
    points: [
      'Items like this one, groups, and a map to select from.',
      'A classifier of your own, trained here from your labels.',
      'Import and export of embeddings.',
    ],
  },
};
