import type { CSSProperties } from 'react';

export interface TrackProps {
  /** `--v` value, `--r` review line, `--b` block line; each 0 to 1. */
  style: CSSProperties;
  zones: boolean;
  mini?: boolean | undefined;
}

/** The 0 to 1 axis: zones behind, fill, ticks in front. Decoration; the value beside it is the text. */
export function Track({ style, zones, mini }: TrackProps) {
  return (
    <span className={mini ? 'track track--mini' : 'track'} style={style} aria-hidden="true">
      {zones && <i className="track__band" />}
      {zones && <i className="track__stop" />}
      <i className="track__fill" />
      {zones && <i className="tick tick--r" />}
      {zones && <i className="tick tick--b" />}
    </span>
  );
}
