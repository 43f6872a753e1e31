/** Makes the one bench of this page, around the one SDK instance, and mounts the app. */
// First: a view's own rules come after the parts' and win over them.
import './ui/styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { reloadIntoIsolation } from './isolation';
import { createWinnow } from './sdk';
import { parseAddress } from './state/address';
import { Bench } from './state/bench';
import { connect } from './state/connect';
import { BenchContext } from './state/use';
import { applyTheme } from './ui';
import { Crash } from './views/frame/Crash';

if (!(await reloadIntoIsolation())) {
  const bench = new Bench({
    winnow: connect(() => createWinnow()),
    storage: () => window.localStorage,
    estimate: () => navigator.storage.estimate(),
    link: parseAddress(location.hash).thresholds,
  });

  // Before the first paint, so that a chosen theme does not flash.
  applyTheme(bench.settings.store.get().theme);
  void bench.start();

  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <Crash>
        <BenchContext value={bench}>
          <App />
        </BenchContext>
      </Crash>
    </StrictMode>,
  );
}
