/** What is measured inside the app's page: times of what a person would see. Everything here runs in the page. */

export interface Watch {
  /** Items that will be there once everything is listed. */
  items: number;
  /** Of the last `change` of a file input. */
  picked: number;
  /** When the first row had a verdict, and when all of them had. */
  first: number;
  all: number;
  /** Main-thread tasks of over 50 ms since `picked`: when each began after it and how long it was, in milliseconds. */
  readonly tasks: (readonly [at: number, duration: number])[];
}

/** What has to change in the document to answer a key. `frame`: until the next frame is about to be drawn. */
export interface Awaited {
  readonly selector: string;
  /** Instead of the element's text. */
  readonly attribute?: string;
  readonly frame?: boolean;
}

declare global {
  var watch: Watch;
  /** Milliseconds from a key's event to the document that answers it, of the last key. Rejects where nothing does. */
  var answered: Promise<number>;
}

/** To be called before the page's own scripts run. */
export function startWatching(): void {
  const watch: Watch = { items: 0, picked: 0, first: 0, all: 0, tasks: [] };
  globalThis.watch = watch;
  addEventListener(
    'change',
    ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === 'file') watch.picked = performance.now();
    },
    true,
  );
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      if (watch.picked > 0 && startTime > watch.picked && watch.all === 0)
        watch.tasks.push([startTime - watch.picked, duration]);
  }).observe({ type: 'longtask' });
  const look = () => {
    if (watch.picked === 0 || watch.all > 0) return;
    if (watch.first === 0 && document.querySelector('.grid__run .verdict:not([data-verdict="pending"])'))
      watch.first = performance.now();
    const now = Number(document.querySelector('.run__bar')?.getAttribute('aria-valuenow'));
    if (watch.items > 0 && now === watch.items) watch.all = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Arms a clock: from the next key down until what is awaited is something else than now. */
export function untilAnswered({ selector, attribute, frame }: Awaited): void {
  const now = () => {
    const found = document.querySelector(selector);
    return attribute === undefined ? found?.textContent : found?.getAttribute(attribute);
  };
  const before = now();
  globalThis.answered = new Promise((resolve, reject) => {
    addEventListener(
      'keydown',
      ({ timeStamp }) => {
        const over = () => resolve(performance.now() - timeStamp);
        const observer = new MutationObserver(() => {
          if (now() === before) return;
          observer.disconnect();
          if (frame) requestAnimationFrame(over);
          else over();
        });
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        setTimeout(() => reject(new Error(`Nothing answered: ${selector} is as it was.`)), 10_000);
      },
      { capture: true, once: true },
    );
  });
}
