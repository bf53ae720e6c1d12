import { describe, expect, it } from 'vitest';

import { escapeHtml } from '../values.js';
import { truncatedHtml } from './html-truncation.js';
import { urlized } from './urlize.js';

/** Hostile input with about the maximum length of a value in a mail. */
function repeated(piece: string): string {
  return piece.repeat(Math.ceil(60_000 / piece.length));
}

/** Milliseconds of CPU time. */
function duration(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('urlized', () => {
  it('escapes everything but its links', () => {
    expect(urlized('<b> http://a.example/"><i>', escapeHtml)).toBe(
      '&lt;b&gt; <a href="http://a.example/" rel="nofollow">http://a.example/</a>&quot;&gt;&lt;i&gt;',
    );
    expect(urlized('javascript:alert(1).com data:text/html,x.org', escapeHtml)).not.toContain('href="javascript');
  });

  it.each(['.)', ')', '(', '&;', 'a.', 'a@', ':', 'http://', 'www.a', '[.'])('runs in linear time for %j', (piece) => {
    expect(duration(() => urlized(repeated(piece), escapeHtml))).toBeLessThan(500);
  });
});

describe('truncatedHtml', () => {
  const measure = { limit: 100_000, split: (text: string) => Array.from(text), separator: '', mark: '…' };

  it.each(['<', '<a', '<!--', '<a ', '&', '&#', '<a b=">', '</a>'])('runs in linear time for %j', (piece) => {
    expect(duration(() => truncatedHtml(repeated(piece), measure))).toBeLessThan(500);
  });
});
