import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MODEL_HOSTS, writeHeadersFile } from './headers.mjs';
import { modelHostsOf } from './model-hosts.mjs';

const named = (hosts?: string) => modelHostsOf({ WINNOW_MODEL_HOSTS: hosts });

it('X03 a build lets models come from the Hub, and from the hosts that its environment names', () => {
  expect(named()).toEqual(MODEL_HOSTS);
  expect(named('  ')).toEqual(MODEL_HOSTS);
  expect(named('https://models.example.org/, http://localhost:8080 https://*.CDN.example.org')).toEqual([
    ...MODEL_HOSTS,
    ...['https://models.example.org', 'http://localhost:8080', 'https://*.cdn.example.org'],
  ]);
  expect(named(MODEL_HOSTS[0])).toEqual(MODEL_HOSTS);
  expect(named('none')).toEqual([]);
});

it.each([
  '*',
  'https:',
  'https://*',
  "'self'",
  'models.example.org',
  'data:',
  'https://models.example.org/folder/',
  'https://a.example;script-src',
  'none https://a.example',
])('X03 %s is not taken for a host', (one) => {
  expect(() => named(one)).toThrow(/is not an origin/);
});

it('writes them into the policy of the download worker, and of nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-hosts-'));
  mkdirSync(join(folder, 'assets'));
  for (const name of ['index.html', 'assets/download-a.js', 'assets/inference-a.js'])
    writeFileSync(join(folder, name), '');
  writeHeadersFile(folder, { modelHosts: named('https://models.example.org') });
  const rules = readFileSync(join(folder, '_headers'), 'utf8').split(/^(?=\S)/m);
  expect(
    rules.filter((rule) => rule.includes('models.example.org')).map((rule) => rule.split('\n')[0]),
  ).toEqual(['/assets/download-a.js']);
  rmSync(folder, { recursive: true });
});
