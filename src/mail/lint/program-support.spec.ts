import { describe, expect, it } from 'vitest';

import { mailRenderer } from '../../../test/support/mail-renderer.js';
import { sampleMail } from '../rendering/sample-mail.js';
import { defaultSubjects } from '../rendering/subject.js';
import { unsupportedIn } from './program-support.js';

describe('unsupportedIn', () => {
  it.each(Object.keys(defaultSubjects))('finds nothing in %s', async (template) => {
    const data = { ...sampleMail('ada@example.org', 'https://example.org', new Date()), code: '123456' };
    const { html } = await mailRenderer('').render({ template, subject: '', locale: 'en', data });
    expect(await unsupportedIn(html)).toEqual([]);
  });

  it('names each program once, whichever systems it is on', async () => {
    expect(await unsupportedIn('<p style="position:fixed">x</p><video></video>')).toEqual([
      { feature: 'position', programs: ['Gmail', 'Outlook'] },
      { feature: '<video> element', programs: ['Gmail', 'Outlook', 'Yahoo Mail'] },
    ]);
  });

  it('does not check more than 300,000 characters', async () => {
    expect(await unsupportedIn('<p>x</p>'.repeat(40_000))).toBeUndefined();
  });

  it('gives up after some seconds', async () => {
    const styles = '.a .b>c{display:flex;gap:3px}\n'.repeat(5000);
    const html = `<style>${styles}</style>${'<p style="gap:3px">x'.repeat(7000)}`;
    const started = performance.now();
    await unsupportedIn(html);
    expect(performance.now() - started).toBeLessThan(10_000);
  }, 20_000);
});
