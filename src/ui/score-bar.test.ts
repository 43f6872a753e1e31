import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ScoreBar } from './ScoreBar';

it('M18 a label with markup is text, whole in its title and clipped where it is drawn', () => {
  const label = '<img src=x onerror="alert(1)">'.repeat(6);
  const html = renderToStaticMarkup(createElement(ScoreBar, { label, state: 'plain', value: 0.5 }));
  expect(html).not.toContain('<img');
  const written = label.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  expect(html).toContain(`<span class="score__label" title="${written}">${written}</span>`);
});
