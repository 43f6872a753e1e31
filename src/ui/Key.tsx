export interface KeyProps {
  /** As printed on the cap: `Space`, `Ctrl K`, `B`. */
  children: string;
}

/** A key cap. Hidden where there is no keyboard to speak of (narrow or coarse pointer). */
export function Key({ children }: KeyProps) {
  return <kbd className="key">{children}</kbd>;
}
