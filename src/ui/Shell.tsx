import type { ReactNode } from 'react';
import { Button } from './Button';
import { BrandMark, Icon, type IconName } from './Icon';

export type PlaceId = 'bench' | 'triage' | 'evaluate' | 'explore' | 'models';

export interface Place {
  readonly id: PlaceId;
  readonly name: string;
  readonly href: string;
}

/** In fixed order. Hash routes, so that any static host can serve them. */
export const places: readonly Place[] = [
  { id: 'bench', name: 'Bench', href: '#/bench' },
  { id: 'triage', name: 'Triage', href: '#/triage' },
  { id: 'evaluate', name: 'Evaluate', href: '#/evaluate' },
  { id: 'explore', name: 'Explore', href: '#/explore' },
  { id: 'models', name: 'Models', href: '#/models' },
];

export interface ShellProps {
  current: PlaceId;
  places?: readonly Place[] | undefined;
  onBlurAll(): void;
  onFind(): void;
  onHelp(): void;
  /** "Runs on this machine" opens how that is enforced. */
  onEnforced(): void;
  /** One notice at a time, the most serious first. */
  notice?: ReactNode;
  /** Foot of the page; the sentences about scores and limits. */
  foot?: ReactNode;
  /** Toast, palette, dialogs. */
  floating?: ReactNode;
  /** The page fills the window and scrolls in its parts; it has no foot. */
  full?: boolean | undefined;
  children: ReactNode;
}

const icons: Readonly<Record<PlaceId, IconName>> = {
  bench: 'bench',
  triage: 'triage',
  evaluate: 'evaluate',
  explore: 'explore',
  models: 'models',
};

export function Shell(props: ShellProps) {
  const { current, onBlurAll, onFind, onHelp, onEnforced, notice, foot, floating, full, children } = props;
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: a link for those who know skip links; the address is the app's route and stays */}
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to content
      </a>
      <header className="top">
        <a className="brand" href={(props.places ?? places)[0]?.href ?? '#'} aria-label="Winnow, bench">
          <BrandMark />
          <span>Winnow</span>
        </a>
        <nav className="nav" aria-label="Main">
          {(props.places ?? places).map((place) => (
            <a key={place.id} href={place.href} aria-current={place.id === current ? 'page' : undefined}>
              <Icon name={icons[place.id]} size={18} />
              <span data-reserve={place.name}>{place.name}</span>
            </a>
          ))}
        </nav>
        <div className="top__end">
          <button
            type="button"
            className="btn btn--bare btn--small local"
            aria-label="Runs on this machine"
            onClick={onEnforced}
          >
            <Icon name="lock" />
            <span className="local__words">Runs on this machine</span>
          </button>
          <Button size="small" icon="hidden" shortcut="B" onClick={onBlurAll}>
            Blur all
          </Button>
          <Button size="small" icon="search" shortcut="Ctrl K" className="top__find" onClick={onFind}>
            Find
          </Button>
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="help"
            aria-label="Help and keys"
            onClick={onHelp}
          />
        </div>
      </header>
      {notice && (
        <section className="topnote" aria-label="Notice">
          {notice}
        </section>
      )}
      <main className="page" id="main" tabIndex={-1} data-full={full || undefined}>
        {children}
      </main>
      {foot && !full && <footer className="foot">{foot}</footer>}
      {floating}
    </>
  );
}
