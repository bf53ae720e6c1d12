import { expect, it } from 'vitest';

import { describeUserAgent } from './user-agent.js';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/131.0.6778.85 Safari/537.36`, 'Chrome 131', 'Linux', 'Other'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/131.0 Safari/537.36 Edg/131.0`,
    'Edge 131',
    'Windows 10',
    'Other',
  ],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox 133', 'Ubuntu', 'Other'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1',
    'Safari 18',
    'iOS 18',
    'iPhone',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    'Safari 18',
    'Mac OS X 10',
    'Mac',
  ],
  ['curl/8.5.0', 'curl 8', 'Other', 'Other'],
  ['', 'Other', 'Other', 'Other'],
  ['<script>alert(1)</script>', 'Other', 'Other', 'Other'],
])('describes %s', (text, browser, os, device) => {
  const found = describeUserAgent(text);
  expect(`${found.browser.family} ${found.browser.major}`.trim()).toBe(browser);
  expect(`${found.os.family} ${found.os.major}`.trim()).toBe(os);
  expect(found.device).toBe(device);
});

it('reads a long text in little time', () => {
  expect(describeUserAgent('iPhone Version/1'.repeat(100)).browser.family).toBe('Other');
});
