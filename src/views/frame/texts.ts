/** What the dialogs say. Every sentence here is checked against the headers and the code it describes. */
import type { EnforcedFact, KeyGroup } from '../../ui';

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Pictures',
    keys: [
      { keys: ['Space'], does: 'Hold to reveal, let go to hide' },
      { keys: ['J', 'K'], does: 'Next, previous picture; so do the arrows' },
      { keys: ['G'], does: 'Colour or grey while revealed' },
      { keys: ['B'], does: 'Blur everything at once' },
      { keys: ['Delete'], does: 'Take the picture off the bench' },
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      { keys: ['/'], does: 'Go to the prompt' },
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
      text: 'Models you installed and unfinished downloads, what their sources said of them, which of them stand on the bench, thresholds, theme and the reveal setting, in this browser. No pictures, no prompts, no scores, no tokens. The address holds the screen, a model’s name and thresholds only.',
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
  Record<'triage' | 'evaluate' | 'explore', { title: string; sentence: string; points: readonly string[] }>
> = {
  triage: {
    title: 'Triage is not part of this version',
    sentence:
      'A folder of files or a table of prompts, judged, sorted and decided by keyboard. For single items, use the bench.',
    points: [
      'Folders, archives and tables in; results stream into one list.',
      'Sorted by risk or by uncertainty, a key for every decision, undo for each.',
      'Moving a line re-judges every row at once, without running a model again.',
      'Export with scores, thresholds, decisions and the hash of every file.',
    ],
  },
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
