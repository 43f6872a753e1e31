import { installedState } from '../../src/state/testing';
import { sampleCards } from './modelsCards';
import {
  damagedList,
  failingList,
  playAsking,
  playChanged,
  playDamaged,
  playDenied,
  playDownloads,
  playElsewhere,
  playFailures,
  playGated,
  playLook,
  playMirror,
  playPrepared,
  playRepository,
  preparedList,
} from './modelsSources';
import {
  backendsList,
  firstList,
  ModelsStage,
  mixedList,
  playBackends,
  playMeasuring,
  playMixed,
  playScored,
} from './modelsStage';
import type { GalleryState } from './states';

/** The Models screen, whole. */
export const modelsStates: readonly GalleryState[] = [
  {
    name: 'models-first',
    caption: 'Nothing installed yet.',
    alone: true,
    render: () => <ModelsStage list={firstList} />,
  },
  {
    name: 'models-mixed',
    caption: 'Every state of a row at once.',
    alone: true,
    render: () => <ModelsStage list={mixedList} play={playMixed} />,
  },
  {
    name: 'models-backends',
    caption: 'What a model runs on, and why; one whose backend failed its check.',
    alone: true,
    render: () => <ModelsStage list={backendsList} item={sampleCards.adamcodd.id} play={playBackends} />,
  },
  {
    name: 'models-measuring',
    caption: 'Measuring the machine could not be done.',
    alone: true,
    render: () => <ModelsStage list={backendsList} item={sampleCards.marqo.id} play={playMeasuring} />,
  },
  {
    name: 'models-look',
    caption: 'The Hub was asked what it would send.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.freepik.id} play={playLook} />,
  },
  {
    name: 'models-asking',
    caption: 'The Hub is being asked.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.freepik.id} play={playAsking} />,
  },
  {
    name: 'models-mirror',
    caption: 'A mirror that tells sizes only, with some of it here.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.freepik.id} play={playMirror} />,
  },
  {
    name: 'models-gated',
    caption: 'A gated model: agreement, token, or another way.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.guard.id} play={playGated} />,
  },
  {
    name: 'models-changed',
    caption: 'Another file than was learned before.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.freepik.id} play={playChanged} />,
  },
  {
    name: 'models-failures',
    caption: 'What can go wrong, beside each row; no room, on the card.',
    alone: true,
    render: () => <ModelsStage list={failingList} item={sampleCards.clip.id} play={playFailures} />,
  },
  {
    name: 'models-downloads',
    caption: 'Downloading, held up, interrupted, and in another tab.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.guard.id} play={playDownloads} />,
  },
  {
    name: 'models-damaged',
    caption: 'What was kept is damaged.',
    alone: true,
    render: () => <ModelsStage list={damagedList} item={sampleCards.marqo.id} play={playDamaged} />,
  },
  {
    name: 'models-prepared',
    caption: 'This site has it prepared.',
    alone: true,
    render: () => <ModelsStage list={preparedList} item={sampleCards.guard.id} play={playPrepared} />,
  },
  {
    name: 'models-elsewhere',
    caption: 'A file that the Hub does not have.',
    alone: true,
    render: () => <ModelsStage list={firstList} item={sampleCards.clip.id} play={playElsewhere} />,
  },
  {
    name: 'models-repository',
    caption: 'A repository of the Hub can be looked up.',
    alone: true,
    render: () => <ModelsStage list={firstList} play={playRepository} />,
  },
  {
    name: 'models-offline',
    caption: 'No network.',
    alone: true,
    render: () => <ModelsStage list={failingList} offline item={sampleCards.freepik.id} />,
  },
  {
    name: 'models-denied',
    caption: 'The browser does not promise to keep anything.',
    alone: true,
    render: () => <ModelsStage list={failingList} play={playDenied} />,
  },
  {
    name: 'models-loading',
    caption: 'The list is on its way.',
    alone: true,
    render: () => <ModelsStage list={[]} waits />,
  },
  {
    name: 'models-embeddings',
    caption: 'Ready-made embeddings, scored.',
    alone: true,
    render: () => (
      <ModelsStage list={[installedState(sampleCards.clip, { bytes: 609_000_000 })]} play={playScored} />
    ),
  },
];
