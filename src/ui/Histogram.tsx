import type { CSSProperties } from 'react';
import { formatCount, formatLine } from './format';
import type { Mark, RailLines } from './rail';
import { ThresholdRail } from './ThresholdRail';

export interface HistogramProps {
  /** The score's name: names the sliders. */
  label: string;
  /** Items per equal step of 0 to 1. */
  bins: Uint32Array;
  review: number;
  block: number;
  onChange(lines: RailLines): void;
  onCommit?: ((lines: RailLines) => void) | undefined;
  /** What follows a value in `aria-valuetext`, such as "318 items to review". */
  say?: ((mark: Mark, value: number) => string) | undefined;
}

/** Items per score on a square-root scale, in the colours of where the lines put them, over both handles. */
export function Histogram(props: HistogramProps) {
  const { label, bins, review, block, onChange, onCommit, say } = props;
  const most = bins.reduce((max, count) => Math.max(max, count), 0);
  const total = bins.reduce((sum, count) => sum + count, 0);
  const style = { '--r': review, '--b': block } as CSSProperties;
  /** Between the marks, for a readout, on a narrow screen too. */
  const room = block - review > (review < 0.22 && block > 0.78 ? 0.55 : 0.32);
  const band = (bin: number) => {
    const from = bin / bins.length;
    // A bin is coloured by its beginning; lines stand on hundredths, and so do bins.
    return from + 1e-9 >= block ? 'block' : from + 1e-9 >= review ? 'review' : 'clear';
  };
  return (
    <div className="hist" style={style}>
      <div
        className="hist__plot"
        role="img"
        aria-label={`${label} of ${formatCount(total)} items: ${spoken(bins, review, block)}`}
      >
        <svg viewBox={`0 0 ${bins.length} 1`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {Array.from(bins, (count, bin) => {
            const height = most === 0 ? 0 : Math.sqrt(count / most);
            return (
              count > 0 && (
                <rect
                  // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
                  key={bin}
                  data-band={band(bin)}
                  x={bin + 0.1}
                  width={0.8}
                  y={1 - height}
                  height={height}
                />
              )
            );
          })}
        </svg>
        <i className="tick tick--r" />
        <i className="tick tick--b" />
      </div>
      <div className="hist__rail">
        <ThresholdRail
          label={label}
          review={review}
          block={block}
          fields={false}
          onChange={onChange}
          onCommit={onCommit}
          say={say}
        />
        <output className="hist__out hist__out--r" data-inside={room && review < 0.22 ? true : undefined}>
          Review {formatLine(review)}
        </output>
        <output className="hist__out hist__out--b" data-inside={room && block > 0.78 ? true : undefined}>
          Block {formatLine(block)}
        </output>
      </div>
    </div>
  );
}

function spoken(bins: Uint32Array, review: number, block: number): string {
  let [clear, between, past] = [0, 0, 0];
  bins.forEach((count, bin) => {
    const from = bin / bins.length + 1e-9;
    if (from >= block) past += count;
    else if (from >= review) between += count;
    else clear += count;
  });
  return `${formatCount(clear)} under review, ${formatCount(between)} from review to block, ${formatCount(past)} from block on.`;
}
