import { compile } from 'html-to-text';

import { multiLine, tidyText } from '../../templating/plain-text.js';
import { limits } from './limits.js';

const convert = compile({
  // Leaves room for quote marks within 78 characters (RFC 5322, 2.1.1).
  wordwrap: 72,
  limits: { maxInputLength: undefined, maxDepth: 200 },
  selectors: [
    // Links become text and URL in angle brackets (RFC 3986, appendix C).
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ...['img', 'style', 'script', 'title', '.preheader', '[hidden]'].map((selector) => ({ selector, format: 'skip' })),
    { selector: 'table', format: 'block' },
    { selector: 'tr', format: 'block' },
    { selector: 'td', format: 'inlineSurround', options: { suffix: ' ' } },
    { selector: 'th', format: 'inlineSurround', options: { suffix: ' ' } },
  ],
});

/**
 * Converts HTML to plain text, for templates without a text part. Links become text and URL; images are dropped.
 *
 * @throws RangeError if the HTML has too many tags (`limits`)
 */
export function textOfHtml(html: string): string {
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) tags += 1;
  if (tags > limits.tags) throw new RangeError(`The HTML has more than ${limits.tags} tags`);
  return tidyText(multiLine(convert(html)));
}
