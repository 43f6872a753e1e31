/**
 * A stand-in for the Hugging Face Hub on this machine, and for the network of stores it sends large files on to: two
 * servers on two ports, so that the browser sees two origins. What the public documentation and the clients of the
 * Hub do not tell is left out. https://huggingface.co/docs/hub/api
 */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, type Planned, parseFault } from './faults';
import {
  blobId,
  fileOf,
  isLarge,
  openRepo,
  pointerOf,
  type Repo,
  type RepoOptions,
  sha256Of,
  sizeOf,
} from './files';
import { sendFile } from './send';

export interface HubOptions {
  readonly repos: Readonly<Record<string, RepoOptions>>;
  /** Life of a signed address. Default an hour. */
  readonly expiresSeconds?: number;
  /** Sends small files on within the Hub, with a relative address, as it has done since 2025. Default true. */
  readonly relative?: boolean;
}

/** One request as it was answered. */
export interface Entry {
  readonly host: 'hub' | 'store';
  readonly method: string;
  readonly path: string;
  readonly range?: string;
  readonly ifRange?: string;
  readonly authorization?: string;
  readonly at: number;
  status: number;
  /** Of the body, handed to the connection. */
  bytes: number;
  fault?: string;
}

export interface Hub {
  readonly endpoint: string;
  /** Where large files really are. */
  readonly store: string;
  readonly log: Entry[];
  /** The next `times` answers for files whose `repo/path` matches are wrong in this way. */
  fault(fault: string, options?: { times?: number; match?: RegExp }): void;
  heal(): void;
  /** Ends every connection, as a network that goes away does. */
  cut(): void;
  commit(repo: string): string;
  close(): Promise<void>;
}

const KEY = 'a stand-in signs with anything';
/** Names that every repository has for its one commit: what cards ask for. */
const NAMES: readonly string[] = ['main', 'v1'];
const EXPOSED =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,Retry-After';
/** Faults of the Hub's own answer; the others belong to whoever sends the bytes. */
const OF_HUB = new Set(['401', '403', '404', '410', '429', '5xx', 'html200', 'redirect']);

export async function startHub(options: HubOptions): Promise<Hub> {
  const repos = new Map(Object.entries(options.repos).map(([name, repo]) => [name, openRepo(name, repo)]));
  const stand = new Stand(repos, options);
  const hub = createServer((request, response) => stand.serve('hub', request, response));
  const store = createServer((request, response) => stand.serve('store', request, response));
  stand.endpoint = await listen(hub, '127.0.0.1');
  // Another name as well as another port: a cookie's site, too, is another.
  stand.store = (await listen(store, '127.0.0.1')).replace('127.0.0.1', 'localhost');
  return {
    endpoint: stand.endpoint,
    store: stand.store,
    log: stand.log,
    fault: (fault, { times = 1, match = /./ } = {}) =>
      void stand.planned.push({ fault: parseFault(fault), match, left: times }),
    heal: () => void stand.planned.splice(0),
    cut: () => {
      for (const server of [hub, store]) server.closeAllConnections();
    },
    commit: (repo) => repos.get(repo)!.commit,
    close: async () => {
      for (const server of [hub, store]) {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      }
    },
  };
}

async function listen(server: Server, host: string): Promise<string> {
  // A client that goes away in the middle is part of the tests.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((ready) => server.listen(0, host, ready));
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

class Stand {
  endpoint = '';
  store = '';
  readonly log: Entry[] = [];
  readonly planned: Planned[] = [];
  private readonly swapped = new Map<string, number>();

  constructor(
    private readonly repos: ReadonlyMap<string, Repo>,
    private readonly options: HubOptions,
  ) {}

  serve(host: Entry['host'], request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const entry: Entry = {
      ...{ host, method, path: url, at: Date.now(), status: 0, bytes: 0 },
      ...(headers.range !== undefined && { range: headers.range }),
      ...(headers['if-range'] !== undefined && { ifRange: String(headers['if-range']) }),
      ...(headers.authorization !== undefined && { authorization: headers.authorization }),
    };
    this.log.push(entry);
    response.on('close', () => {
      entry.status = response.statusCode;
    });
    response.setHeader('Access-Control-Allow-Origin', host === 'hub' ? (headers.origin ?? '*') : '*');
    response.setHeader('Access-Control-Expose-Headers', EXPOSED);
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Headers', 'Authorization, Range, If-Range');
      response.writeHead(204).end();
      return;
    }
    const answer =
      host === 'hub' ? this.hub(entry, request, response) : this.stored(entry, request, response);
    answer.catch(() => response.destroy());
  }

  private async hub(entry: Entry, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(entry.path, this.endpoint).pathname);
    const [, name = '', asked = ''] = /^\/api\/models\/(.+)\/revision\/(.+)$/.exec(path) ?? [];
    if (name) return this.info(name, asked, entry, response);
    const [, cached, repoName = '', kind = '', revision = '', file = ''] =
      /^(\/api\/resolve-cache\/models)?\/(.+?)\/(raw|resolve|[0-9a-f]{40})\/(?:([^/]+)\/)?(.+)$/.exec(path) ??
      [];
    const repo = this.repos.get(repoName);
    if (!repo) return refuse(response, 401, 'RepoNotFound', 'Repository not found');
    if (!this.mayRead(repo, entry, response)) return;
    response.setHeader('X-Repo-Commit', repo.commit);
    const inside = cached ? (path.split(`/${repo.commit}/`)[1] ?? '') : file;
    if (!cached && revision !== repo.commit && !NAMES.includes(revision))
      return refuse(response, 404, 'RevisionNotFound', 'Invalid rev id');
    if (!repo.paths.includes(inside)) return refuse(response, 404, 'EntryNotFound', 'Entry not found');
    const fault =
      kind === 'raw'
        ? undefined
        : this.takeFault(`${repo.name}/${inside}`, isLarge(repo, inside) ? OF_HUB : undefined, entry);
    if (fault && OF_HUB.has(fault.name)) return this.fail(fault, response);
    if (kind === 'raw' && isLarge(repo, inside)) {
      response.end(await pointerOf(repo, inside));
      return;
    }
    if (isLarge(repo, inside)) return this.sendOn(repo, inside, response);
    if (kind === 'resolve' && !cached && this.options.relative !== false) {
      response
        .writeHead(307, {
          Location: `/api/resolve-cache/models/${repo.name}/${repo.commit}/${encoded(inside)}`,
        })
        .end();
      return;
    }
    await this.send(repo, inside, { fault, etag: blobId(fileOf(repo, inside)) }, entry, request, response);
  }

  private async info(name: string, revision: string, entry: Entry, response: ServerResponse): Promise<void> {
    const repo = this.repos.get(name);
    if (!repo) return refuse(response, 401, 'RepoNotFound', 'Repository not found');
    const fault = this.takeFault(`${name}/revision`, OF_HUB, entry);
    if (fault) return this.fail(fault, response);
    if (!NAMES.includes(revision) && revision !== repo.commit)
      return refuse(response, 404, 'RevisionNotFound', 'Invalid rev id');
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    const siblings = repo.paths.map((rfilename) => ({ rfilename }));
    response.end(
      JSON.stringify({ id: name, sha: repo.commit, private: false, gated: Boolean(repo.gated), siblings }),
    );
  }

  private mayRead(repo: Repo, { authorization }: Entry, response: ServerResponse): boolean {
    if (repo.gated === undefined || authorization === `Bearer ${repo.gated}`) return true;
    if (authorization === undefined)
      refuse(response, 401, 'GatedRepo', `Access to model ${repo.name} is restricted.`);
    else
      refuse(response, 403, 'GatedRepo', `Your request to access model ${repo.name} has not been approved.`);
    return false;
  }

  /** To an address that anybody may read for as long as its signature lasts. */
  private async sendOn(repo: Repo, path: string, response: ServerResponse): Promise<void> {
    const oid = await sha256Of(fileOf(repo, path));
    const expires = Math.ceil(Date.now() / 1000) + (this.options.expiresSeconds ?? 3600);
    const place = `/xet-bridge/${encodeURIComponent(repo.name)}/${encoded(path)}`;
    response.setHeader('X-Linked-Size', sizeOf(repo, path));
    response.setHeader('X-Linked-ETag', `"${oid}"`);
    response
      .writeHead(302, {
        Location: `${this.store}${place}?Expires=${expires}&Signature=${sign(place, expires)}`,
      })
      .end();
  }

  private async stored(entry: Entry, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(entry.path, this.store);
    const expires = Number(searchParams.get('Expires'));
    if (searchParams.get('Signature') !== sign(pathname, expires) || Date.now() > expires * 1000) {
      response.setHeader('Content-Type', 'application/xml');
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return;
    }
    const [, , name = '', ...parts] = pathname.split('/').map(decodeURIComponent);
    const repo = this.repos.get(name)!;
    const path = parts.join('/');
    const fault = this.takeFault(`${name}/${path}`, undefined, entry);
    await this.send(
      repo,
      path,
      { fault, etag: await sha256Of(fileOf(repo, path)) },
      entry,
      request,
      response,
    );
  }

  private async send(
    repo: Repo,
    path: string,
    how: { readonly fault: Fault | undefined; readonly etag: string },
    entry: Entry,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { fault } = how;
    const sent = { file: fileOf(repo, path), size: sizeOf(repo, path), etag: how.etag };
    if (fault && (OF_HUB.has(fault.name) || fault.name === 'htmlbytes')) return this.fail(fault, response);
    if (fault?.name === 'nocors') response.removeHeader('Access-Control-Allow-Origin');
    if (fault?.name === 'hideheaders') response.removeHeader('Access-Control-Expose-Headers');
    if (fault?.name === 'pointer') {
      response.end(await pointerOf(repo, path));
      return;
    }
    const seen = (this.swapped.get(path) ?? 0) + 1;
    if (fault?.name === 'etagswap') this.swapped.set(path, seen);
    if (fault?.name === 'etagswap' && seen === 1) {
      // The first answer is right and breaks off; what follows is of another version.
      const first = { ...fault, name: 'drop' as const };
      entry.bytes = await sendFile(request, response, { ...sent, fault: first });
      return;
    }
    const etag = fault?.name === 'etagswap' ? `${sent.etag.slice(0, -1)}x` : sent.etag;
    entry.bytes = await sendFile(request, response, { ...sent, etag, ...(fault && { fault }) });
  }

  private takeFault(file: string, among: ReadonlySet<string> | undefined, entry: Entry): Fault | undefined {
    const found = this.planned.find(
      ({ fault, match, left }) => left > 0 && match.test(file) && (!among || among.has(fault.name)),
    );
    if (!found) return undefined;
    found.left--;
    entry.fault = found.fault.name;
    return found.fault;
  }

  private async fail({ name, value }: Fault, response: ServerResponse): Promise<void> {
    if (name === 'html200' || name === 'htmlbytes') {
      const type = name === 'html200' ? 'text/html; charset=utf-8' : 'application/octet-stream';
      response
        .writeHead(200, { 'Content-Type': type })
        .end('<!doctype html><title>Sign in</title><p>Welcome to the hotel');
      return;
    }
    if (name === 'redirect') {
      response.writeHead(302, { Location: `${value ?? 'http://unknown.localhost:9'}/model` }).end();
      return;
    }
    if (name === '429') {
      const date = value?.startsWith('date:');
      const seconds = Number(date ? value?.slice(5) : value);
      const after = date ? new Date(Date.now() + seconds * 1000).toUTCString() : String(seconds);
      response.writeHead(429, value === undefined ? {} : { 'Retry-After': after }).end();
      return;
    }
    if (name === '401' || name === '403') return refuse(response, Number(name), 'GatedRepo', 'Restricted');
    if (name === '404') return refuse(response, 404, 'EntryNotFound', 'Entry not found');
    response.writeHead(name === '5xx' ? Number(value ?? 500) : Number(name)).end();
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.writeHead(status, { 'X-Error-Code': code, 'X-Error-Message': message }).end(message);
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

const sign = (place: string, expires: number): string =>
  createHmac('sha256', KEY).update(`${place} ${expires}`).digest('hex');
