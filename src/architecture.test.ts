/** The layout as a test: who may import whom, who may use the network, what may be depended on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cycles,
  filesUnder,
  type Import,
  type Module,
  type Node,
  ownNames,
  parseModule,
  ROOT,
  reach,
  readModule,
  usedGlobals,
  walk,
} from '../scripts/source-graph';

const CODE = ['.ts', '.tsx', '.mjs'];
const isTest = (path: string) => /\.(test|bench)\.tsx?$|\.d\.ts$|\/testing\.ts$/.test(path);

const modules = [...filesUnder('src', CODE), ...filesUnder('workers', CODE)]
  .filter((path) => !isTest(path))
  .map(readModule);

type Rung = 'core' | 'catalog' | 'rpc' | 'runtime' | 'workers' | 'sdk' | 'state' | 'ui' | 'views' | 'app';

function rungOf(path: string): Rung {
  const [top, second = ''] = path.split('/');
  if (top === 'workers') return 'workers';
  return second.includes('.') ? 'app' : (second as Rung);
}

/** What a rung may import, and what it may import as types only. */
const LADDER: Record<
  Rung,
  { values: readonly Rung[]; types?: readonly Rung[]; packages?: readonly string[] }
> = {
  core: { values: ['core'] },
  catalog: { values: ['core', 'catalog'] },
  rpc: { values: ['core', 'catalog', 'rpc'], packages: ['comlink'] },
  runtime: {
    values: ['core', 'catalog', 'rpc', 'runtime'],
    packages: [
      ...['onnxruntime-web', 'comlink', '@zip.js/zip.js', 'idb-keyval', 'hash-wasm'],
      '@huggingface/tokenizers',
    ],
  },
  workers: { values: ['runtime', 'rpc'] },
  sdk: { values: ['core', 'catalog', 'rpc', 'sdk'], packages: ['comlink'] },
  state: { values: ['sdk', 'state'], types: ['core', 'catalog', 'rpc'], packages: ['react', 'idb-keyval'] },
  ui: { values: ['ui'], types: ['core'], packages: ['react', 'react-dom', '@tanstack/react-virtual'] },
  views: {
    values: ['state', 'ui', 'views'],
    types: ['core', 'catalog', 'rpc', 'sdk'],
    packages: ['react', 'react-dom'],
  },
  app: {
    values: ['sdk', 'state', 'ui', 'views', 'app'],
    types: ['core', 'catalog', 'rpc'],
    packages: ['react', 'react-dom'],
  },
};

/** The two doors in the ladder, each for one kind of import. */
function isException(from: string, one: Import): boolean {
  // The address of a worker's file, not its code.
  if (one.query.includes('url'))
    return ['sdk', 'app'].includes(rungOf(from)) || from === 'workers/download.ts';
  // The service worker stands in for a host, so it sends what a host would.
  return from === 'workers/isolation.ts' && one.specifier === '../scripts/header-rules.mjs';
}

function breach(from: string, one: Import): string | undefined {
  const { values, types = [], packages = [] } = LADDER[rungOf(from)];
  if (isException(from, one)) return undefined;
  if (!one.specifier.startsWith('.')) {
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(one.specifier)?.[0] ?? '';
    return packages.includes(name) ? undefined : `the package ${one.specifier}`;
  }
  if (one.specifier.endsWith('.css')) return values.includes('ui') ? undefined : one.specifier;
  if (one.file === undefined) return `${one.specifier}, which does not exist`;
  const to = rungOf(one.file);
  const screen = ['state', 'ui', 'views', 'app'].includes(rungOf(from));
  if (values.includes(to) || (one.type && types.includes(to))) return undefined;
  return screen && one.file.startsWith('src/core/policy/') ? undefined : one.file;
}

const listed = (found: readonly string[]) => expect(found.join('\n')).toBe('');

describe('the ladder of imports', () => {
  it('reads the whole tree', () => {
    expect(modules.length).toBeGreaterThan(30);
    for (const { path } of modules) expect(Object.keys(LADDER), path).toContain(rungOf(path));
  });

  it('is climbed downwards only', () => {
    listed(
      modules.flatMap(({ path, imports }) =>
        imports.flatMap((one) => {
          const wrong = breach(path, one);
          return wrong === undefined ? [] : [`${path} imports ${wrong}`];
        }),
      ),
    );
  });

  it('notices a breach of each kind', () => {
    const one = (specifier: string, file?: string, type = false): Import => ({
      ...{ specifier, query: '', type },
      ...(file !== undefined && { file }),
    });
    const breaches: [string, Import][] = [
      ['src/core/image/resize.ts', one('../../catalog/card', 'src/catalog/card.ts', true)],
      ['src/core/image/resize.ts', one('pica')],
      ['src/core/checkpoint/open.ts', one('@zip.js/zip.js')],
      ['src/runtime/unpack.ts', one('@zip.js/other')],
      ['src/core/text/tokens.ts', one('@huggingface/tokenizers')],
      ['src/runtime/tokenizer.ts', one('@huggingface/transformers')],
      ['src/ui/Veil.tsx', one('../state/store', 'src/state/store.ts')],
      ['src/views/bench/Bench.tsx', one('../../core/image/resize', 'src/core/image/resize.ts')],
      ['src/views/bench/Bench.tsx', one('../../rpc/serve', 'src/rpc/serve.ts')],
      ['src/state/jobs.ts', one('../runtime/decode', 'src/runtime/decode.ts', true)],
      ['workers/inference.ts', one('../src/sdk/create', 'src/sdk/create.ts')],
      ['workers/inference.ts', one('../scripts/header-rules.mjs', 'scripts/header-rules.mjs')],
      ['src/sdk/create.ts', one('../runtime/decode', 'src/runtime/decode.ts')],
    ];
    for (const [from, wrong] of breaches)
      expect(breach(from, wrong), `${from} ${wrong.specifier}`).toBeDefined();
    expect(breach('src/ui/Veil.tsx', one('../core/policy', 'src/core/policy/index.ts'))).toBeUndefined();
    expect(breach('src/state/jobs.ts', one('../rpc/contract', 'src/rpc/contract.ts', true))).toBeUndefined();
  });

  it('has no cycles', () => {
    listed(cycles(modules).map((path) => path.join(' → ')));
    const loop = (path: string, file: string): Module => ({
      ...{ path, text: '', ast: { type: 'Program' } },
      imports: [{ specifier: file, query: '', type: false, file }],
    });
    expect(cycles([loop('a', 'b'), loop('b', 'a')])).toEqual([['a', 'b', 'a']]);
  });

  it('keeps a thread to 40 lines, and any file to 300', () => {
    const lines = (text: string) => text.trimEnd().split('\n').length;
    listed(
      modules
        .filter(({ path, text }) => lines(text) > (path.startsWith('workers/') ? 40 : 300))
        .map(({ path, text }) => `${path} has ${lines(text)} lines`),
    );
  });
});

const using = (names: readonly string[], among: readonly Module[]) =>
  among.flatMap((module) => {
    const used = usedGlobals(module);
    return names.filter((name) => used.has(name)).map((name) => `${module.path} uses ${name}`);
  });

/** Files in which some node answers `test`. */
const having = (test: (node: Node, parent: Node | undefined, field: string) => boolean, among = modules) =>
  among.flatMap(({ path, ast }) => {
    let found = false;
    walk(ast, (node, parent, field) => {
      found ||= test(node, parent, field);
    });
    return found ? [path] : [];
  });

/** Probes: each rule must also be able to fail. */
const parsed = (text: string) => parseModule('src/core/probe.ts', text);

describe('what a file may do', () => {
  it('B09 only the download worker, and what it alone imports, uses the network', () => {
    const network = [
      'fetch',
      'XMLHttpRequest',
      'WebSocket',
      'EventSource',
      'WebTransport',
      'RTCPeerConnection',
    ];
    const others = modules.map(({ path }) => path).filter((path) => path !== 'workers/download.ts');
    const entries = others.filter((path) => rungOf(path) === 'workers' || rungOf(path) === 'app');
    const elsewhere = new Set([...entries, 'src/sdk/index.ts'].flatMap((path) => [...reach(path, modules)]));
    const allowed = [...reach('workers/download.ts', modules)].filter((path) => !elsewhere.has(path));
    // The service worker repeats the browser's own requests, to add headers to their answers.
    const exempt = new Set([...allowed, 'workers/isolation.ts']);
    listed(
      using(
        [...network, 'importScripts'],
        modules.filter(({ path }) => !exempt.has(path)),
      ),
    );
    listed(having((node) => node.type === 'Identifier' && node.name === 'sendBeacon'));
    expect(
      using(
        network,
        modules.filter(({ path }) => allowed.includes(path)),
      ),
    ).toContain('src/runtime/download.ts uses fetch');
  });

  it('core is pure: no DOM, no clock, no network, no chance', () => {
    const impure = [
      ...['document', 'window', 'navigator', 'location', 'self', 'globalThis', 'localStorage', 'indexedDB'],
      ...['performance', 'Date', 'setTimeout', 'setInterval', 'requestAnimationFrame', 'queueMicrotask'],
      ...['OffscreenCanvas', 'createImageBitmap', 'ImageDecoder', 'Worker', 'process', 'Buffer', 'console'],
    ];
    const core = modules.filter(({ path }) => rungOf(path) === 'core');
    listed(
      core.flatMap((module) => {
        const own = ownNames(module);
        return using(
          impure.filter((name) => !own.has(name)),
          [module],
        );
      }),
    );
    expect(using(impure, [parsed('export const now = () => Date.now()')])).toHaveLength(1);
    listed(
      having(
        (node) =>
          node.type === 'MemberExpression' &&
          (node.object as Node).name === 'Math' &&
          (node.property as Node).name === 'random',
        core,
      ),
    );
  });

  it('TM3 nothing writes HTML, and nothing evaluates text as code', () => {
    const html = ['dangerouslySetInnerHTML', 'innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc'];
    listed(
      having(
        (node) =>
          (node.type === 'Identifier' || node.type === 'JSXIdentifier') && html.includes(node.name as string),
      ),
    );
    listed(using(['eval', 'Function'], modules));
    expect(using(['eval'], [parsed('eval("1")')])).toHaveLength(1);
  });

  it('TM4 no property is named safe: a missing answer would read as one', () => {
    const named = (node: Node, parent: Node | undefined, field: string) =>
      field === 'key' && /^(is_?)?safe$/i.test(String(node.name ?? node.value)) && parent !== undefined;
    listed(having(named));
    expect(having(named, [parsed('interface A { safe: boolean }')])).toHaveLength(1);
    expect(having(named, [parsed('const a = { isSafe: true }')])).toHaveLength(1);
  });

  it('B09 no message is posted to any origin', () => {
    const posted = (node: Node) =>
      node.type === 'CallExpression' &&
      ((node.callee as Node).name === 'postMessage' ||
        ((node.callee as Node).property as Node | undefined)?.name === 'postMessage') &&
      (node.arguments as Node[]).some((argument) => argument.value === '*');
    listed(having(posted));
    expect(having(posted, [parsed('parent.postMessage(1, "*")')])).toHaveLength(1);
  });

  it('three builds of ONNX Runtime are imported, each in one place, and never the one with wrong kernels', () => {
    const runtimes = modules.flatMap(({ path, imports }) =>
      imports
        .filter((one) => one.specifier.startsWith('onnxruntime-web') && !one.query && !one.type)
        .map((one) => `${path} ${one.specifier}`),
    );
    expect(runtimes.sort()).toEqual([
      'src/runtime/engines/ort-wasm.ts onnxruntime-web/wasm',
      'src/runtime/engines/ort-webgpu.ts onnxruntime-web/jspi',
      'src/runtime/engines/ort-webgpu.ts onnxruntime-web/webgpu',
    ]);
  });
});

describe('dependencies', () => {
  const packages = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

  it('B05 are these, pinned, and no more than twelve', () => {
    const names = Object.keys(packages.dependencies);
    expect(names.sort()).toEqual([
      // What @huggingface/transformers re-exports, without its 494 KB and its own ONNX Runtime.
      '@huggingface/tokenizers',
      '@tanstack/react-virtual',
      '@zip.js/zip.js',
      'comlink',
      // Streaming SHA-256: WebCrypto hashes only what lies in memory altogether.
      'hash-wasm',
      'idb-keyval',
      'onnxruntime-web',
      'react',
      'react-dom',
    ]);
    expect(names.length).toBeLessThanOrEqual(12);
    const versions = Object.values({ ...packages.dependencies, ...packages.devDependencies });
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('B02 every copy of protobufjs is 7.5.6 or newer', () => {
    const copies = Object.entries<{ version: string }>(lock.packages).filter(([path]) =>
      path.endsWith('node_modules/protobufjs'),
    );
    expect(copies.length).toBeGreaterThan(0);
    for (const [path, { version }] of copies) {
      const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
      expect(major * 1e6 + minor * 1e3 + patch, `${path} ${version}`).toBeGreaterThanOrEqual(7_005_006);
    }
  });

  it('B01 come with a hash each, and run no script when installed', () => {
    for (const [path, entry] of Object.entries<{ integrity?: string; link?: boolean }>(lock.packages))
      if (path !== '') expect(entry.integrity, path).toMatch(/^sha512-/);
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  it('B01 the lock file lists every platform’s package: npm ci refuses one that does not', () => {
    const entries = Object.entries<{ optionalDependencies?: Record<string, string> }>(lock.packages);
    listed(
      entries.flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies)
          .filter(
            (name) =>
              !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
          )
          .map((name) => `${path} wants ${name}`),
      ),
    );
  });

  it('nothing needs a folder outside the project', () => {
    // In pieces, so that this file does not name them itself.
    const [folder, home] = [['shared', ''].join('/'), ['', 'work', ''].join('/')];
    const texts = ['.ts', '.tsx', '.mjs', '.md', '.json', '.css', '.html', '.yml', '.conf'];
    const files = ['src', 'workers', 'e2e', 'scripts', 'docs'].flatMap((top) => filesUnder(top, texts));
    const outside = new RegExp(`\\.\\./${folder}|${home}|[^a-z-/]${folder}(data|design|reference)`);
    const root = readdirSync(ROOT).filter((name) => /\.(md|json|ts|html)$|^NOTICE$/.test(name));
    listed([...files, ...root].filter((path) => outside.test(readFileSync(join(ROOT, path), 'utf8'))));
  });
});
