import { join } from 'node:path';

import { expect, it } from 'vitest';

import { shippedFolder } from '../../src/mail/rendering/mail-renderer.js';
import { defaultSubjects } from '../../src/mail/rendering/subject.js';
import { compose } from '../../src/mail/transport/composition.js';
import { languages } from '../../src/templating/language/locale.js';
import { newSigner } from '../support/dkim.js';
import { mailRenderer } from '../support/mail-renderer.js';
import { runs } from '../support/runs.js';

const renderer = mailRenderer(join(shippedFolder, 'none'));
const domain = 'library.example';
const data = {
  url: `https://${domain}/if/flow/recovery/?flow_token=0123456789abcdef`,
  code: '482913',
  user: { username: 'ada', name: 'Ada', email: 'ada@example.com' },
  choices: [],
  body: 'A body',
  key_value: {},
};
/** Whether every signature covers the fields that not all mails have. */
function signsFields(mail: Buffer): boolean {
  const head = mail.toString('latin1').replaceAll(/\r\n[ \t]+/g, '');
  const signed = [...head.matchAll(/^DKIM-Signature:.*; ?h=([^;]+);/gm)].map(([, names = '']) => names.split(':'));
  const fields = ['reply-to', 'otp-token', 'feedback-id'];
  return signed.length === 2 && signed.every((names) => fields.every((field) => names.includes(field)));
}

const mails = Object.keys(defaultSubjects).flatMap((template) => languages.map((locale) => ({ template, locale })));

it('The signatures of mails of every template in every language verify', async () => {
  const { keys, verify } = await newSigner(domain);
  const date = new Date();
  const failures: unknown[] = [];
  for (let round = 0; round < runs(1, 25); round += 1) {
    for (const { template, locale } of mails) {
      const { subject, html, text, attachments } = await renderer.render({ template, subject: '', locale, data });
      const { raw: mail } = compose({
        replyTo: { name: 'Auskunft', address: `desk@${domain}` },
        headers: { 'OTP-Token': `"482913"; origin="https://${domain}"`, 'Feedback-ID': 'confirm:library' },
        pk: '00000000-0000-4000-8000-000000000001',
        messageId: `${round}.${template}@${domain}`,
        from: { name: `Bücherei ${round}`, address: `books@${domain}` },
        to: { name: '', address: `ada${round}@example.com` },
        subject,
        html,
        text: `${text}\n${'x'.repeat(round * 97)}`,
        attachments,
        date,
        signingKeys: keys,
      });
      const longest = Math.max(
        ...mail
          .toString('latin1')
          .split('\r\n')
          .map(({ length }) => length),
      );
      const results = await verify(mail);
      // A relay may wrap longer lines, which would break the signatures (RFC 5321, 4.5.3.1.6).
      const isGood =
        longest <= 998 &&
        signsFields(mail) &&
        results.length === 2 &&
        results.every(([result, d]) => result === 'pass' && d === domain);
      if (!isGood) failures.push({ template, locale, round, longest, results });
    }
  }
  expect(failures).toEqual([]);
});
