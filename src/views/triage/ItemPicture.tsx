/** An item's picture, hidden until it is held, with the settings that hold for every picture. */
import type { RefObject } from 'react';
import type { Row } from '../../state/triage/rows';
import type { Screening } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Veil, type VeilHandle } from '../../ui';

export interface ItemPictureProps {
  row: Row;
  screening: Screening;
  veil: RefObject<VeilHandle | null>;
  /** Another one hides the picture again. */
  itemKey: string;
  onReveal(): Promise<ImageBitmap>;
}

export function ItemPicture({ row, screening, veil, itemKey, onReveal }: ItemPictureProps) {
  const { pictures, settings, exposure } = useBench();
  const { grey, pressOnce } = useStore(settings.store);
  const { blurs } = useStore(pictures.store);
  const { ordinal, item, released } = row;
  const state = released ? 'released' : screening.here(ordinal) && !item.failed ? 'ready' : 'unreadable';
  return (
    <Veil
      ref={veil}
      name={`Picture ${ordinal + 1}`}
      itemKey={itemKey}
      thumbnail={screening.looks.thumbnails.get(ordinal)}
      state={state}
      reason={item.failed?.reason ?? 'Its file is not here. Choose the folder again to see it.'}
      onReveal={onReveal}
      onShown={(milliseconds) => exposure.add(milliseconds)}
      grey={grey}
      mode={pressOnce ? 'press' : 'hold'}
      hideSignal={blurs}
    />
  );
}
