/** The project's own modules as data: who imports what, and which names a file uses. For the tests on layout. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

export interface Import {
  /** As written, without `?url` and the like. */
  readonly specifier: string;
  /** The `?…` part, empty when there is none. */
  readonly query: string;
  /** Path from the root when it is a file of ours, otherwise undefined. */
  readonly file?: string;
  /** Nothing of it is left at run time. */
  readonly type: boolean;
}

export interface Module {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly ast: Node;
}

/** An ESTree node, as far as a walk needs it. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Files under `folder` whose name ends in one of `endings`, from the root, sorted. */
export function filesUnder(folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

export function readModule(path: string): Module {
  return parseModule(path, readFileSync(join(ROOT, path), 'utf8'));
}

/** `text` as if it stood at `path`. Throws Error when it is not a module. */
export function parseModule(path: string, text: string): Module {
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path}: ${parsed.errors[0]?.message}`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const imports: Import[] = [
    ...staticImports.map((one) => ({
      specifier: one.moduleRequest.value,
      type: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
    })),
    ...staticExports.flatMap((one) => {
      const from = one.entries.find((entry) => entry.moduleRequest)?.moduleRequest;
      return from ? [{ specifier: from.value, type: one.entries.every((entry) => entry.isType) }] : [];
    }),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      specifier: text.slice(start, end).replace(/^['"`]|['"`]$/g, ''),
      type: false,
    })),
  ].map(({ specifier, type }) => resolved(path, specifier, type));
  return { path, text, imports, ast: parsed.program as unknown as Node };
}

function resolved(from: string, request: string, type: boolean): Import {
  const [specifier = '', query = ''] = request.split('?');
  if (!specifier.startsWith('.')) return { specifier, query, type };
  const base = posix.join(posix.dirname(from), specifier);
  const file = ['', '.ts', '.tsx', '/index.ts', '/index.tsx']
    .map((ending) => base + ending)
    .find((path) => existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isFile());
  return { specifier, query, type, ...(file !== undefined && { file }) };
}

/** Calls `visit` for every node under `node`, with its parent and the field it hangs from. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | undefined, field: string) => void,
  parent?: Node,
  field = '',
): void {
  visit(node, parent, field);
  for (const [name, value] of Object.entries(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string')
        walk(child as Node, visit, node, name);
}

/**
 * Names a file uses from outside: identifiers that are neither property names nor types, and properties of
 * `globalThis`, `self` and `window`. Names the file binds itself count too.
 */
export function usedGlobals(module: Module): Set<string> {
  const names = new Set<string>();
  walk(module.ast, (node, parent, field) => {
    if (node.type !== 'Identifier') return;
    const name = node.name as string;
    const key = (field === 'key' && !parent?.computed) || parent?.type.startsWith('TS');
    const member = parent?.type === 'MemberExpression' && field === 'property' && !parent.computed;
    const holder = (parent?.object as Node | undefined)?.name;
    if (member ? ['globalThis', 'self', 'window'].includes(holder as string) : !key) names.add(name);
  });
  return names;
}

const BINDS: Record<string, readonly string[]> = {
  VariableDeclarator: ['id'],
  FunctionDeclaration: ['params', 'id'],
  FunctionExpression: ['params'],
  ArrowFunctionExpression: ['params'],
  ArrayPattern: ['elements'],
  AssignmentPattern: ['left'],
  RestElement: ['argument'],
  ImportSpecifier: ['local'],
};

/** Names a file binds itself, anywhere in it. */
export function ownNames(module: Module): Set<string> {
  const names = new Set<string>();
  const patterns = new Set<unknown>();
  walk(module.ast, (node, parent, field) => {
    if (node.type === 'ObjectPattern') for (const one of node.properties as Node[]) patterns.add(one.value);
    const bound = BINDS[parent?.type ?? '']?.includes(field) || patterns.has(node);
    if (node.type === 'Identifier' && bound) names.add(node.name as string);
  });
  return names;
}

/** Groups of files that import each other at run time; each as the way round. */
export function cycles(modules: readonly Module[]): string[][] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    state.set(path, 'open');
    for (const { file, type } of byPath.get(path)?.imports ?? [])
      if (!type && file !== undefined && byPath.has(file)) visit(file, [...trail, path]);
    state.set(path, 'done');
  };
  for (const { path } of modules) visit(path, []);
  return found;
}

/** Every file that `path` reaches at run time, itself included. */
export function reach(path: string, modules: readonly Module[]): Set<string> {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const seen = new Set<string>();
  const queue = [path];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const { file, type, query } of byPath.get(next)?.imports ?? [])
      if (file !== undefined && !type && query === '') queue.push(file);
  }
  return seen;
}
