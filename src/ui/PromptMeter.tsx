import type { CSSProperties } from 'react';

export interface MeterWindow {
  /** UTF-16 offsets of what this window reads. */
  readonly start: number;
  readonly end: number;
  /** How full it is, 0 to 1. */
  readonly fill: number;
  /** On the window that decided. */
  readonly verdict?: 'review' | 'block';
}

export interface Meter {
  /** "43 of 384 tokens", "907 tokens, 3 windows" */
  readonly text: string;
  /** In order; one for a text the model reads whole. */
  readonly windows: readonly MeterWindow[];
}

interface Props {
  meter: Meter;
  /** Takes the caret to a window. */
  onGo(start: number, end: number): void;
}

/** More segments than this would be thinner than their gaps. */
const drawn = 12;

export function PromptMeter({ meter, onGo }: Props) {
  const { windows, text } = meter;
  const hot = windows.findIndex((window) => window.verdict !== undefined);
  const target = windows[hot];
  return (
    <>
      <span className="meter">
        <span className="meter__bar" aria-hidden="true" data-many={windows.length > 1 || undefined}>
          {windows.length > drawn ? (
            <i
              data-at={target ? true : undefined}
              data-verdict={target?.verdict}
              style={{ '--v': 1, '--at': hot / (windows.length - 1) } as CSSProperties}
            />
          ) : (
            windows.map((window) => (
              <i
                key={window.start}
                data-verdict={window.verdict}
                style={{ '--v': window.fill } as CSSProperties}
              />
            ))
          )}
        </span>
        <span>{text}</span>
      </span>
      {target && windows.length > 1 && (
        <button type="button" className="link link--own meta" onClick={() => onGo(target.start, target.end)}>
          Go to window {hot + 1}
        </button>
      )}
    </>
  );
}
