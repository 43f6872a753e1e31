/** Another host that notes whatever reaches it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorder {
  /** `http://localhost:port`: another site than `127.0.0.1`, where the build is served. */
  readonly origin: string;
  /** Paths asked for, in order; WebSocket handshakes included. */
  readonly hits: string[];
  close(): Promise<void>;
}

/** Answers everything, to anybody, so that only the page's own policy can keep a request from arriving. */
export async function startRecorder(html = ''): Promise<Recorder> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    const script = request.url?.includes('.js');
    response.writeHead(200, {
      'Content-Type': script ? 'text/javascript' : 'text/html',
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    response.end(script ? 'export {}' : html);
  });
  server.on('upgrade', (request, socket) => {
    hits.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    hits,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
