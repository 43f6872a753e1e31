import { installedState } from '../../src/state/testing';
import { sampleCards } from './modelsCards';
import { firstList, ModelsStage, mixedList, playMixed, playScored } from './modelsStage';
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
