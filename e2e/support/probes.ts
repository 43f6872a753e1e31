/** Ways out of a thread or a page, tried one by one. The functions are sent into the browser: no imports. */

/** What became of each attempt: `blocked`, or what got through. */
export type Outcome = Record<string, string>;

/** Inside a worker. `other` is the other host's origin, `own` an address of the same origin. */
export async function tryWorkerExits({ other, own }: { other: string; own: string }): Promise<Outcome> {
  const scope = globalThis as unknown as WorkerGlobalScope & { importScripts(url: string): void };
  const within = <T>(work: Promise<T>) =>
    Promise.race([
      work.then(
        () => 'got through',
        () => 'blocked',
      ),
      new Promise<string>((done) => setTimeout(() => done('blocked (silence)'), 3000)),
    ]);
  const event = (target: EventTarget, good: string, bad: string) =>
    within(
      new Promise<void>((done, fail) => {
        target.addEventListener(good, () => done());
        target.addEventListener(bad, fail);
      }),
    );
  const attempt = async (make: () => Promise<string> | string) => {
    try {
      return await make();
    } catch {
      return 'blocked';
    }
  };
  const xhr = (url: string) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    const answered = event(request, 'load', 'error');
    request.send();
    return answered;
  };
  const nested = (url: string) => event(new Worker(url, { type: 'module' }), 'message', 'error');
  return {
    fetchOther: await attempt(() => within(fetch(`${other}/fetch`, { mode: 'no-cors' }))),
    fetchOwn: await attempt(() => within(fetch(own))),
    fetchKeepalive: await attempt(() =>
      within(fetch(`${other}/keepalive`, { method: 'POST', keepalive: true, body: 'x' })),
    ),
    xhrOther: await attempt(() => xhr(`${other}/xhr`)),
    xhrOwn: await attempt(() => xhr(own)),
    webSocket: await attempt(() =>
      event(new WebSocket(`${other.replace('http', 'ws')}/socket`), 'open', 'error'),
    ),
    eventSource: await attempt(() => event(new EventSource(`${other}/events`), 'open', 'error')),
    importOther: await attempt(() => within(import(/* @vite-ignore */ `${other}/module.js`))),
    importScripts: await attempt(() => {
      scope.importScripts(`${other}/classic.js`);
      return 'got through';
    }),
    nestedOther: await attempt(() => nested(`${other}/nested.js`)),
    nestedBlob: await attempt(() =>
      nested(URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }))),
    ),
    // biome-ignore lint/security/noGlobalEval: the probe is that this fails.
    eval: await attempt(() => String(globalThis.eval('"got through"'))),
    wasm: await attempt(() => within(WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])))),
  };
}

/** Inside a page: everything that could ask `other` for something. Resolves when all were tried. */
export async function tryPageExits(other: string): Promise<void> {
  const attempt = (make: () => unknown) => {
    try {
      void Promise.resolve(make()).catch(() => {});
    } catch {
      // Blocked at once.
    }
  };
  const element = (name: string, fields: Record<string, string>) =>
    attempt(() => {
      const made = document.createElement(name);
      for (const [field, value] of Object.entries(fields)) made.setAttribute(field, value);
      document.body.append(made);
    });
  attempt(() => fetch(`${other}/fetch`, { mode: 'no-cors' }));
  attempt(() => navigator.sendBeacon(`${other}/beacon`, 'x'));
  attempt(() => {
    const request = new XMLHttpRequest();
    request.open('GET', `${other}/xhr`);
    request.send();
  });
  attempt(() => new WebSocket(`${other.replace('http', 'ws')}/socket`));
  attempt(() => new EventSource(`${other}/events`));
  attempt(() => import(/* @vite-ignore */ `${other}/module.js`));
  element('img', { src: `${other}/img`, srcset: `${other}/srcset 2x` });
  element('iframe', { src: `${other}/iframe` });
  element('embed', { src: `${other}/embed`, type: 'text/html' });
  element('object', { data: `${other}/object`, type: 'text/html' });
  element('video', { src: `${other}/video`, poster: `${other}/poster`, preload: 'auto' });
  element('script', { src: `${other}/script.js` });
  for (const rel of ['stylesheet', 'prefetch', 'icon', 'manifest', 'modulepreload', 'preload'])
    element('link', { rel, href: `${other}/${rel}.js`, as: rel === 'preload' ? 'script' : '' });
  element('div', { style: `background: url(${other}/style-attribute)` });
  attempt(() => {
    const box = document.createElement('div');
    box.style.backgroundImage = `url(${other}/css-url)`;
    box.textContent = 'x';
    document.body.append(box);
  });
  attempt(() => new FontFace('probe', `url(${other}/font)`).load());
  attempt(() => {
    const frame = document.createElement('iframe');
    frame.name = 'sink';
    const form = document.createElement('form');
    Object.assign(form, { action: `${other}/form`, method: 'post', target: 'sink' });
    document.body.append(frame, form);
    form.submit();
  });
  attempt(() => {
    const link = document.createElement('a');
    Object.assign(link, { href: '#probe', ping: `${other}/ping` });
    document.body.append(link);
    link.click();
  });
  await new Promise((done) => setTimeout(done, 2500));
}
