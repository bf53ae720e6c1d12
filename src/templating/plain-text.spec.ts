import { describe, expect, it } from 'vitest';

import { tidyText } from './plain-text.js';

describe('tidyText', () => {
  it('removes trailing whitespace and repeated empty lines', () => {
    expect(tidyText(' \n a  \n\n\n\tb\t\n')).toBe('a\n\n\tb\n');
  });

  it('keeps the blank of the line before a signature (RFC 3676, 4.3)', () => {
    expect(tidyText('text\n-- \nCity Library \n--\n --  \n')).toBe('text\n-- \nCity Library\n--\n --\n');
  });
});
