/** A proxy that notes every request a browser makes, whoever in the browser made it. */
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { chromium } from '@playwright/test';
import { TEST_ARGS } from '../../scripts/chromium.mjs';

export interface Seen {
  readonly method: string;
  /** Whole address; `host:port` for a tunnel. */
  readonly url: string;
  readonly headers: string;
  body: string;
}

export interface RecordingProxy {
  readonly server: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Passes on what is for 127.0.0.1 or one of these origins, and refuses the rest, so that a test needs no network. */
export async function startProxy(origins: readonly string[] = []): Promise<RecordingProxy> {
  const known = ['http://127.0.0.1:', ...origins];
  const seen: Seen[] = [];
  const proxy = createServer((request, response) => {
    const url = request.url ?? '';
    const entry = { method: request.method ?? '', url, headers: JSON.stringify(request.headers), body: '' };
    seen.push(entry);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      entry.body = Buffer.concat(parts).toString('latin1');
      if (!known.some((origin) => url.startsWith(origin))) return response.writeHead(403).end();
      const onward = forward(url, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(Buffer.concat(parts));
    });
  });
  proxy.on('connect', (request, socket, head) => {
    const url = request.url ?? '';
    seen.push({
      method: 'CONNECT',
      url,
      headers: JSON.stringify(request.headers),
      body: head.toString('latin1'),
    });
    socket.on('error', () => {});
    const [host = '', port = '0'] = url.split(':');
    if (host !== '127.0.0.1') return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    server: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((done) => {
        proxy.close(() => done());
        proxy.closeAllConnections();
      }),
  };
}

/**
 * A browser whose every request passes `proxy`. The last argument undoes the rule that loopback addresses skip
 * a proxy. Autofill is off because Chromium asks its maker about the fields of any page that has some.
 */
export function launchThrough(proxy: RecordingProxy) {
  const executablePath = process.env.WINNOW_CHROMIUM;
  return chromium.launch({
    args: [
      ...TEST_ARGS,
      '--disable-features=AutofillServerCommunication,OptimizationHints,Translate,MediaRouter',
      `--proxy-server=${proxy.server}`,
      '--proxy-bypass-list=<-loopback>',
    ],
    ...(executablePath !== undefined && { executablePath }),
  });
}
