import type { ReactNode } from 'react';

/** Drawn on a 16 px grid with a 1.5 px stroke; `f` marks the parts that are filled instead. */
const shapes = {
  clear: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m5.25 8.25 2 2 3.5-4.25" />
    </>
  ),
  review: <path d="M8 1.5 14.5 8 8 14.5 1.5 8zM8 5v3.5M8 10.9v.1" />,
  block: <path d="M5.3 1.75h5.4l3.55 3.55v5.4l-3.55 3.55H5.3L1.75 10.7V5.3zM5 8h6" />,
  'needs-review': (
    <>
      <circle cx="8" cy="8" r="6.25" strokeDasharray="2.45 1.82" />
      <path d="M6.3 6.4c.15-1 .85-1.6 1.75-1.6 1 0 1.7.65 1.7 1.5 0 1.35-1.75 1.4-1.75 2.6M8 11.2v.1" />
    </>
  ),
  pending: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2" />,
  hidden: <path d="M1.75 8S4 4 8 4s6.25 4 6.25 4S12 12 8 12 1.75 8 1.75 8zM2.75 13.25l10.5-10.5" />,
  eye: (
    <>
      <path d="M1.75 8S4 4 8 4s6.25 4 6.25 4S12 12 8 12 1.75 8 1.75 8z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.4 10.4 3.35 3.35" />
    </>
  ),
  drop: <path d="M8 10.25V2.5M5 5.25 8 2.4l3 2.85M2.5 10v3.5h11V10" />,
  save: <path d="M8 2.5v7.75M5 7.4l3 2.85 3-2.85M2.5 10v3.5h11V10" />,
  file: <path d="M4 1.75h5L12.25 5v9.25H4zM9 1.75V5h3.25" />,
  folder: <path d="M1.75 3.5h4.5l1.4 1.8h6.6v7.2H1.75z" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8.25" height="8.25" rx="1" />
      <path d="M10.5 5.5V2.25H2.25v8.25H5.5" />
    </>
  ),
  code: <path d="M5 4 1.5 8 5 12M11 4l3.5 4-3.5 4" />,
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7" rx="1" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" />
    </>
  ),
  bench: <path d="M2 4.5h12M2 8h8.5M2 11.5h5M11.5 6.5v3M8 10v3" />,
  triage: <path d="M2 3.5h12M2 8h12M2 12.5h12M5 2v3M10.5 6.5v3M7 11v3" />,
  evaluate: <path d="M2 2v12h12M4.5 11c1-5 4-7 9-7.5" />,
  explore: (
    <>
      <circle cx="5" cy="5" r="1.5" />
      <circle cx="11.25" cy="4" r="1.5" />
      <circle cx="7" cy="11.25" r="1.5" />
      <circle cx="12.25" cy="10.5" r="1.5" />
      <circle cx="2.75" cy="10" r="1" />
    </>
  ),
  models: <path d="M8 1.75 13.75 5v6L8 14.25 2.25 11V5zM2.25 5 8 8l5.75-3M8 8v6.25" />,
  split: <path d="M2 8h4l4-4h4M6 8l4 4h4M12 2l2 2-2 2M12 10l2 2-2 2" />,
  diamond: <path d="M8 2.25 13.75 8 8 13.75 2.25 8z" />,
  square: <path d="M3 3h10v10H3z" fill="currentColor" />,
  help: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M6.3 6.4c.15-1 .85-1.6 1.75-1.6 1 0 1.7.65 1.7 1.5 0 1.35-1.75 1.4-1.75 2.6M8 11.2v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 7.3v4M8 4.8v.1" />
    </>
  ),
  trash: <path d="M3 4.5h10M6 4.25V2.5h4v1.75M4.5 4.5l.6 9h5.8l.6-9" />,
  warn: <path d="M8 2 14.5 13.5h-13zM8 6.5v3.25M8 11.7v.1" />,
  offline: <path d="M1.5 6.25C5 2.8 11 2.8 14.5 6.25M4 9c2.2-2.2 5.8-2.2 8 0M8 12.3v.1M2.5 14 13.5 2.5" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.5V8l2.5 1.5" />
    </>
  ),
  grey: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 1.75v12.5A6.25 6.25 0 0 0 8 1.75z" fill="currentColor" />
    </>
  ),
  undo: <path d="M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6" />,
  retry: <path d="M13.5 8A5.5 5.5 0 1 1 11.6 3.8M13.5 1.75V5h-3.25" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  skip: <path d="m3.5 4 5 4-5 4zM12.5 4v8" />,
  down: <path d="M8 3v10M4 9l4 4 4-4" />,
  up: <path d="M8 13V3M4 7l4-4 4 4" />,
  back: <path d="M10 3.5 5.5 8l4.5 4.5" />,
  next: <path d="M6 3.5 10.5 8 6 12.5" />,
  check: <path d="m3 8.5 3.25 3.25L13 4.5" />,
  light: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
    </>
  ),
  dark: <path d="M13.5 9.75A6 6 0 1 1 6.25 2.5a4.75 4.75 0 0 0 7.25 7.25z" />,
  system: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="8.5" rx="1" />
      <path d="M5.5 13.75h5M8 11.25v2.5" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export interface IconProps {
  name: IconName;
  /** Edge in CSS pixels at 100 % text size; 16 unless told. */
  size?: 11 | 12 | 14 | 16 | 18 | 20 | 24;
}

/** Turn round in a right-to-left interface. */
const turning: ReadonlySet<IconName> = new Set(['back', 'next', 'undo', 'split']);

/** Always decoration: the word beside it carries the meaning. */
export function Icon({ name, size = 16 }: IconProps) {
  return (
    <svg
      className="i"
      data-size={size}
      data-turns={turning.has(name) || undefined}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  );
}

/** The mark: a winnowing basket with what it keeps and what it lets go. */
export function BrandMark() {
  return (
    <svg className="mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d="M2 11h16a8 8 0 0 1-16 0z" fill="currentColor" />
      <circle cx="6" cy="6.6" r="1.7" fill="currentColor" />
      <circle cx="10.9" cy="4" r="1.5" fill="currentColor" />
      <circle cx="15.5" cy="6.8" r="1.25" fill="none" stroke="currentColor" strokeWidth="1.1" />
    </svg>
  );
}
