/** Speed of this machine: every model that is ready, measured here, in a table that can be copied. */
import { useState } from 'react';
import type { SpeedRow, SpeedState } from '../../state/speed';
import { speedJson } from '../../state/speed';
import { useBench, useStore } from '../../state/use';
import { Button, EmptyState, Notice } from '../../ui';
import { BACKENDS, PRECISIONS } from '../bench/words';
import { copyText } from '../frame/clipboard';
import { speedItems } from './items';
import './speed.css';

const machine = () => ({
  browser: navigator.userAgent,
  cores: navigator.hardwareConcurrency,
  isolated: globalThis.crossOriginIsolated,
  at: new Date().toISOString(),
});

export function SpeedView() {
  const { speed } = useBench();
  const state = useStore(speed.store);
  const { status, rows, failures } = state;
  const running = status === 'running';
  const start = () => void speed.start(speedItems, machine());
  if (status === 'idle')
    return (
      <EmptyState
        level="page"
        icon="models"
        title="Speed of this machine"
        sentence="Opens every model that is ready, twice, then scores drawn landscapes and plain sentences: one at a time, then many. Takes about a minute for the starter models, longer for large ones. Nothing is sent."
        actions={
          <Button variant="main" onClick={start}>
            Measure
          </Button>
        }
      />
    );
  return (
    <section className="speed" aria-labelledby="speed-title" aria-busy={running}>
      <div className="head">
        <h1 id="speed-title">Speed of this machine</h1>
        <span className="row wrap push">
          {running ? (
            <Button onClick={() => speed.stop()}>Stop</Button>
          ) : (
            <>
              <CopyResults state={state} />
              <Button onClick={start}>Measure again</Button>
            </>
          )}
        </span>
      </div>
      <p className="meta" role="status">
        {statusWords(state)}
      </p>
      {failures.map(({ model, name, reason }) => (
        <Notice key={model} tone="bad" title={`${name} could not be measured.`}>
          {reason}
        </Notice>
      ))}
      {state.shared && (
        <Notice tone="plain" title="Something else was scored meanwhile.">
          Alone, these models are faster. Measure again when nothing runs.
        </Notice>
      )}
      <Results rows={rows} />
      <p className="meta">
        {machineWords(state)} One item: the median of seven, and the least and most. Other programs and a warm
        machine make a difference: measure twice before you compare.
      </p>
    </section>
  );
}

function Results({ rows }: { rows: readonly SpeedRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than its page is scrolled by keyboard, too.
    <section className="speed__scroll" aria-label="Results" tabIndex={0}>
      <table className="speed__table num">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Open, ms</th>
            <th scope="col">Again, ms</th>
            <th scope="col">One item, ms</th>
            <th scope="col">Items a second</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.model}>
              <th scope="row">
                {row.name} <span className="meta">{backendWords(row)}</span>
              </th>
              <td>{milliseconds(row.open)}</td>
              <td>{milliseconds(row.openAgain)}</td>
              <td>
                {milliseconds(row.one)}
                <span className="meta">
                  {milliseconds(row.least)} to {milliseconds(row.most)}
                </span>
              </td>
              <td>{row.perSecond < 10 ? row.perSecond.toFixed(1) : row.perSecond.toFixed(0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function CopyResults({ state }: { state: SpeedState }) {
  const [said, setSaid] = useState('');
  const copy = () =>
    copyText(speedJson(state)).then(
      () => setSaid('Copied.'),
      () => setSaid('Not copied. The browser refused the clipboard.'),
    );
  return (
    <>
      <span className="meta" role="status">
        {said}
      </span>
      <Button icon="copy" onClick={() => void copy()}>
        Copy as JSON
      </Button>
    </>
  );
}

const milliseconds = (value: number): string =>
  value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');

function backendWords({ backend, precision, threads }: SpeedRow): string {
  const where =
    backend === 'webgpu'
      ? BACKENDS.webgpu
      : `${BACKENDS.wasm}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return `${where} · ${PRECISIONS[precision]}`;
}

function statusWords({ status, now, rows }: SpeedState): string {
  if (now) return `Measuring ${now.name}, ${now.done + 1} of ${now.total}. Leave this tab in front.`;
  if (status === 'stopped') return `Stopped. ${rows.length} measured.`;
  return `${rows.length} measured.`;
}

function machineWords({ machine: found }: SpeedState): string {
  if (!found) return '';
  const threads = found.isolated ? '' : ' One thread: this page is not cross-origin isolated.';
  return `${found.cores} cores.${threads}`;
}
