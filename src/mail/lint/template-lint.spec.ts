import { expect, it } from 'vitest';

import { lint } from './template-lint.js';

const findingsOf = (html: string): ReturnType<typeof lint> =>
  lint({
    source: { html, text: 'x' },
    mail: { subject: '', html, text: 'x', locale: 'en', attachments: [], warnings: [] },
    url: '',
    code: '',
    needsLink: false,
  });

const linesWithoutAlt = async (html: string): Promise<(number | null)[]> =>
  (await findingsOf(html)).filter(({ code }) => code === 'no_alt').map(({ line }) => line);

it.each([
  ['<img src="a.png">', [1]],
  ['<p>\n<IMG\n src=a.png><img alt="" src="b.png">\n<img src=">" >', [2, 4]],
  ['<img alt="a > b" src="a.png">', []],
  ["<img title='alt=' src=a>", [1]],
  ['<img src="a.png', []],
  ['<image src="a.png">', []],
])('finds the images of %j without a text', async (html, lines) => {
  expect(await linesWithoutAlt(html)).toEqual(lines);
});

it('reads HTML once, also if its elements have no end', { timeout: 10_000 }, async () => {
  expect(await linesWithoutAlt('<img '.repeat(50_000))).toEqual([]);
});
