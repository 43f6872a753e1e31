/** Makes the one bench of this page, around the one SDK instance, and mounts the app. */
// First: a view's own rules come after the parts' and win over them.
import './ui/styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { reloadIntoIsolation } from './isolation';
import { keepForOffline } from './offline';
import { createWinnow } from './sdk';
import { parseAddress } from './state/address';
import { Bench } from './state/bench';
import { connect } from './state/connect';
import { browserTraces } from './state/forget';
import { browserNetwork } from './state/online';
import { Store } from './state/store';
import { CHANNEL } from './state/tabs';
import { BenchContext, useStore } from './state/use';
import { applyTheme } from './ui';
import { Crash } from './views/frame/Crash';
import { refuseStrayDrops } from './views/frame/strayDrops';

if (!(await reloadIntoIsolation())) {
  const winnow = connect(() => createWinnow());
  const make = (first: { link?: string | undefined; generation?: number }): Bench =>
    new Bench({
      winnow,
      storage: () => window.localStorage,
      base: location.href,
      network: browserNetwork(),
      channel: () => new BroadcastChannel(CHANNEL),
      traces: browserTraces(),
      ...first,
      // As on the first visit, without what this page still had in memory; the workers stay.
      onCleared: () => {
        bench.get().dispose();
        bench.set(make({ generation: bench.get().generation + 1 }));
        void bench.get().start();
      },
    });
  const bench = new Store(make({ link: parseAddress(location.hash).thresholds }));

  function Page() {
    const present = useStore(bench);
    return (
      <BenchContext value={present}>
        <App key={present.generation} />
      </BenchContext>
    );
  }

  // Before the first paint, so that a chosen theme does not flash.
  applyTheme(bench.get().settings.store.get().theme);
  void bench.get().start();
  keepForOffline(() => winnow.keepBuild());
  refuseStrayDrops();

  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <Crash>
        <Page />
      </Crash>
    </StrictMode>,
  );
}
