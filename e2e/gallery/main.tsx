import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyTheme, type Theme } from '../../src/ui';
import '../../src/ui/styles/index.css';
import './gallery.css';
import { states } from './states';

/** `?state=name` shows one state, `?theme=dark` sets the theme, `?dir=rtl` turns the interface round. */
const query = new URLSearchParams(location.search);
applyTheme((query.get('theme') as Theme | null) ?? 'system');
document.documentElement.dir = query.get('dir') ?? 'ltr';

const wanted = query.get('state');
const shown = states.filter((state) =>
  wanted === null ? !state.alone && !state.heavy : state.name === wanted,
);
const alone = shown.length === 1 && shown[0]!.alone;

function Gallery() {
  if (alone) {
    const State = shown[0]!.render;
    return <State />;
  }
  return (
    <main className="page">
      <div className="head">
        <h1>Parts and states</h1>
      </div>
      <div className="sheet">
        {shown.map(({ name, caption, render: State }) => (
          <section key={name} data-state={name} aria-label={name}>
            <h2>{name}</h2>
            <State />
            <p className="meta">{caption}</p>
          </section>
        ))}
      </div>
    </main>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Gallery />
  </StrictMode>,
);
document.documentElement.dataset.states = String(states.length);
