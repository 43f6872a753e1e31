/** The contenders of a subject, each where it runs. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openTokenizer } from '../../../src/runtime/tokenizer';
import { type Harness, startHarness } from '../../golden-nsfwjs/harness';
import type { PlainFeed } from '../prepare/peer/feed';
import { openStage, type Stage } from '../prepare/stage';
import { type Contender, type Material, numbered } from './contender';
import { type Feeds, openNode } from './node';
import { openOurs } from './ours';
import type { Exported, PagePeer, PlainPeer, Subject } from './subjects';
import { openWeb } from './web';

export interface Setting {
  readonly folder: string;
  readonly threads: number;
  readonly harness: Harness;
  /** Of image models, as base64. */
  readonly jpeg: string;
  /** Of a browser with WebGPU on a graphics processor; absent where there is none. */
  readonly webgpu?: readonly string[] | undefined;
}

/** The page of the peers, and the picture that everybody gets. */
export async function openSetting(
  folder: string,
  threads: number,
  webgpu?: readonly string[],
): Promise<Setting> {
  const root = join(import.meta.dirname, 'peer');
  const mounts = { standins: folder };
  const harness = await startHarness({ root, files: new Map(), isolated: threads > 1, mounts });
  const stage = await openStage();
  try {
    const page = await visit(stage, harness);
    return { folder, threads, harness, webgpu, jpeg: await page.evaluate(() => drawJpeg()) };
  } catch (error) {
    await harness.close();
    throw error;
  } finally {
    await stage.close();
  }
}

/** Winnow first, then the others. */
export async function contendersOf(subject: Subject, setting: Setting): Promise<Contender[]> {
  const { folder, threads, jpeg } = setting;
  const material: Material = subject.text ? { text: subject.text.text } : { jpeg };
  const files = subject.files.map((file) => resolve(folder, file));
  const opened: Contender[] = [];
  try {
    opened.push(await openOurs(subject.ours, subject.what, material, threads, files));
    if (setting.webgpu) {
      const { precision } = subject.ours;
      const blocks = precision === 'int8' || subject.text ? { precision: 'int8-blocks' as const } : {};
      const ours = { ...subject.ours, ...blocks, backend: 'webgpu' as const };
      opened.push(await openOurs(ours, subject.what, material, threads, files, setting.webgpu));
    }
    for (const peer of subject.peers) {
      const graphics = peer.kind === 'nsfwjs' && peer.backend === 'webgpu';
      if (!graphics) opened.push(await openPage(peer, material, setting));
      else if (setting.webgpu) opened.push(await openPage(peer, material, setting, setting.webgpu));
    }
    if (subject.exported) {
      const feeds = await feedsOf(subject, subject.exported, folder);
      const { file, picture, limitOnly } = subject.exported;
      const plain: PlainPeer = { kind: 'onnxruntime-web', file, feeds, ...(picture && { picture }) };
      if (!limitOnly) opened.push(await openPage(plain, material, setting));
      opened.push(openNode(resolve(folder, file), file, feeds, threads));
    }
    return opened;
  } catch (error) {
    for (const contender of opened) await contender.dispose();
    throw error;
  }
}

function openPage(
  peer: PagePeer,
  material: Material,
  { harness, threads }: Setting,
  args?: readonly string[],
): Promise<Contender> {
  return openWeb({
    ...namesOf(peer),
    ...{ material, threads, args },
    async enter(stage) {
      const page = await visit(stage, harness);
      await page.evaluate(([one, count]) => takePart(one, count), [peer, threads] as const);
      return page;
    },
  });
}

function namesOf(peer: PagePeer): { name: string; what: string } {
  switch (peer.kind) {
    case 'transformers.js':
      return { name: peer.kind, what: `${peer.task} pipeline of ${peer.repo}, ${peer.dtype}` };
    case 'onnxruntime-web':
      return { name: peer.kind, what: peer.file };
    case 'nsfwjs':
      return { name: `${peer.kind}, ${peer.backend}`, what: 'MobileNetV2' };
  }
}

async function visit(stage: Stage, harness: Harness) {
  const page = await stage.visit(harness.url);
  await page.waitForFunction(() => 'takePart' in globalThis);
  return page;
}

/** Any pixels, or the very tokens of the text. */
async function feedsOf({ text }: Subject, { picture, tokens }: Exported, folder: string): Promise<Feeds> {
  if (picture) {
    const { input, side } = picture;
    return { [input]: { type: 'float32', values: [0.3, -0.2, 0.9, 0.1], dims: [1, 3, side, side] } };
  }
  if (!text) throw new Error('A network that reads tokens needs a text.');
  const tokenizer = await openTokenizer(readFileSync(resolve(folder, text.tokenizer)));
  const ids = tokenizer.encode(numbered(text.text, 0));
  const feed = (name: string): PlainFeed => ({
    type: 'int64',
    values: /mask/.test(name) ? [1] : /type/.test(name) ? [0] : ids,
    dims: [1, ids.length],
  });
  return Object.fromEntries(tokens!.map((name) => [name, feed(name)]));
}
