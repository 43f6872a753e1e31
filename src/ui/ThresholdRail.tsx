import type { CSSProperties } from 'react';
import { formatLine } from './format';
import { Icon } from './Icon';
import { LineField } from './LineField';
import type { Mark, RailLines } from './rail';
import { useRail } from './useRail';

export type { Mark, RailLines } from './rail';

export interface ThresholdRailProps {
  /** The score's name: names both sliders and both fields. */
  label: string;
  /** 0 to 1, review ≤ block. */
  review: number;
  block: number;
  /** Every change, at most once a frame during a drag. */
  onChange(lines: RailLines): void;
  /** Once when a drag ends, a key is let go or a field is left; not after Esc. */
  onCommit?: ((lines: RailLines) => void) | undefined;
  /** What follows the value in `aria-valuetext`, such as "318 items to review". */
  say?: ((mark: Mark, value: number) => string) | undefined;
  /** Number fields at the left; on unless told. */
  fields?: boolean | undefined;
  disabled?: boolean | undefined;
}

const words: Readonly<Record<Mark, string>> = { review: 'Review from', block: 'Block from' };

/** Two marks on the axis of the score bar above it. Hollow diamond: review from. Solid square: block from. */
export function ThresholdRail(props: ThresholdRailProps) {
  const { label, review, block, say, fields = true, disabled = false } = props;
  const rail = useRail(props);
  const style = { '--r': review, '--b': block } as CSSProperties;
  const thumb = (mark: Mark) => {
    const value = mark === 'review' ? review : block;
    const more = say?.(mark, value);
    return (
      <span
        className={`thumb thumb--${mark}`}
        role="slider"
        tabIndex={disabled ? -1 : 0}
        aria-label={`${words[mark]}, ${label}`}
        aria-valuemin={mark === 'review' ? 0 : review}
        aria-valuemax={mark === 'review' ? block : 1}
        aria-valuenow={value}
        aria-valuetext={`${words[mark]} ${formatLine(value)}${more ? `, ${more}` : ''}`}
        aria-disabled={disabled || undefined}
        data-mark={mark}
        data-dragging={rail.dragging === mark || undefined}
        {...rail.thumbHandlers(mark)}
      />
    );
  };
  const field = (mark: Mark) => (
    <span className="limit">
      <Icon name={mark === 'review' ? 'diamond' : 'square'} size={11} />
      <LineField
        label={`${words[mark]}, ${label}`}
        value={mark === 'review' ? review : block}
        min={mark === 'review' ? 0 : review}
        max={mark === 'review' ? block : 1}
        disabled={disabled}
        onChange={(value) => rail.set(mark, value)}
        onCommit={rail.commit}
      />
    </span>
  );
  return (
    <div className="score score--rail">
      <span className="limits">
        {fields && field('review')}
        {fields && field('block')}
      </span>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a pointer shortcut; sliders and fields carry the keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div
        className="rail"
        ref={rail.ref}
        style={style}
        data-close={rail.close || undefined}
        data-disabled={disabled || undefined}
        onClick={rail.jump}
      >
        {thumb('review')}
        {thumb('block')}
      </div>
      <span />
    </div>
  );
}
