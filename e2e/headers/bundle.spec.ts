/** What the built scripts contain. ONNX Runtime's glue is made by Emscripten and is listed apart. */
import { expect, test } from '@playwright/test';
import { files, read, scripts } from '../support/build';

const own = () => scripts().filter((file) => file.endsWith('.js'));
const glue = () => scripts().filter((file) => file.endsWith('.mjs'));

/** Files among `among` in which `pattern` occurs, with the place. */
const places = (pattern: RegExp, among = own()) =>
  among.flatMap((file) => {
    const text = read(file);
    const at = text.search(pattern);
    return at < 0 ? [] : [`${file}: ${text.slice(Math.max(0, at - 40), at + 60)}`];
  });

const EVAL = /\beval\s*\(|\bnew Function\b|[^.\w]Function\s*\(\s*[`"']/;

/** Glue of the builds that know WebGPU. */
const WEBGPU = /\.(asyncify|jspi)-/;

test('X13 no script of ours evaluates text as code', () => {
  expect(own().length).toBeGreaterThan(3);
  expect(places(EVAL)).toEqual([]);
  expect(places(/\bset(Timeout|Interval)\(\s*["'`]/)).toEqual([]);
  expect(
    places(
      EVAL,
      glue().filter((file) => !WEBGPU.test(file)),
    ),
  ).toEqual([]);
  // Emscripten's bindings for WebNN would. Nothing of ours asks for WebNN, and no policy here lets it: see headers.spec.
  for (const file of glue().filter((each) => WEBGPU.test(each)))
    expect(read(file).match(new RegExp(EVAL, 'g')) ?? [], file).toHaveLength(1);
});

test('X13 the page has no inline code or style', () => {
  for (const page of files().filter((file) => file.endsWith('.html'))) {
    const html = read(page);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+\s*=|\sstyle\s*=|javascript:/i);
    expect(html).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
  }
});

test('X07 the channels a policy cannot block are not used', () => {
  expect(places(/RTCPeerConnection|webkitRTC|RTCDataChannel/, scripts())).toEqual([]);
  // A property named so belongs to a message of ONNX Runtime's; the page's own stands alone or behind its window.
  expect(
    places(
      /(?<![.\w$])location\s*=[^=]|\b(window|self|globalThis|document|top|parent)\.location\s*=[^=]|\blocation\.href\s*=[^=]|\blocation\.(assign|replace)\s*\(/,
      own(),
    ),
  ).toEqual([]);
  expect(
    places(/\bwindow\.open\s*\(|\.sendBeacon\b|\bnew (WebTransport|WebSocket|EventSource)\b/, own()),
  ).toEqual([]);
});

test('M13 no script can read a pickle, or asks Python for help', () => {
  // What a reader would have to name: the opcodes' own words, and the libraries that do it.
  const readers =
    /unpickl|pickleparser|picklejs|\bpickle\.(load|parse)|pyodide|find_class|_rebuild_tensor|torch\._utils/i;
  expect(places(readers, scripts())).toEqual([]);
});

test('X11 one Trusted Types policy, and nothing that writes HTML', () => {
  const policies = own().flatMap((file) =>
    [...read(file).matchAll(/createPolicy\(\s*["'`]([^"'`]+)/g)].map(([, name]) => name),
  );
  expect([...new Set(policies)]).toEqual(['winnow#scripturl']);
});

test('B08 nothing of the workshop is shipped', () => {
  expect(files().filter((file) => /\.map$|(?<!\.d)\.tsx?$|(^|\/)\.|node_modules/.test(file))).toEqual([]);
  expect(places(/__faults|sourceMappingURL|\/work\/|file:\/\/\//, own())).toEqual([]);
});

test('X01 no script names another host as an address to ask', () => {
  // What is left are names of XML namespaces, pages that messages and licences of libraries point to, the words
  // that pointers of Git LFS begin with, and the Hub: asked by the download worker, linked to by cards; and the example of a mirror's
  // address, in a domain that is nobody's.
  const known =
    /^https?:\/\/(www\.w3\.org|react\.dev|reactjs\.org|web\.dev|github\.com|rolldown\.rs|fb\.me|www\.npmjs\.com|git-lfs|huggingface\.co|models\.example\.org|localhost)\b/;
  for (const file of own())
    for (const [address] of read(file).matchAll(/https?:\/\/[\w.-]+/g)) expect(address, file).toMatch(known);
});
