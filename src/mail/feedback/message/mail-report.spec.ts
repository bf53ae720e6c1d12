import { describe, expect, it } from 'vitest';

import { complaintMail, deliveryStatus, forwarded, multipart } from '../../../../test/support/mail-reports.js';
import { type MailReport, readReport } from './mail-report.js';

const mail = { messageId: '7d0c5a52@library.example', to: 'ada@library.example' };
const read = (source: string): Promise<MailReport | undefined> => readReport(Buffer.from(source));

describe('readReport', () => {
  it('reads a delivery status notification as Postfix writes it', async () => {
    expect(await read(deliveryStatus(mail))).toEqual({
      kind: 'bounce',
      messageId: mail.messageId,
      envelopeId: undefined,
      reason: '5.1.1 smtp; 550 5.1.1 <ada@library.example>: No such user',
      date: new Date('2026-11-29T10:00:00Z'),
    });
  });

  it.each([
    ['a mailbox that does not exist', 'failed', '5.1.1', 'bounce'],
    ['a domain that does not exist', 'failed', '5.4.4', 'bounce'],
    ['a failure without details', 'failed', '5.0.0 (unknown)', 'bounce'],
    ['a full mailbox', 'failed', '5.2.2', 'transient'],
    ['a mail that was too large', 'failed', '5.3.4', 'transient'],
    ['a mail that was refused by a policy', 'failed', '5.7.1', 'transient'],
    ['a mail that was given up after days', 'failed', '4.4.7', 'transient'],
    ['a delay', 'delayed', '4.4.1', 'transient'],
    ['a mail that has arrived', 'delivered', '2.0.0', undefined],
    ['a mail that was relayed', 'relayed', '2.0.0', undefined],
  ])('reads %s', async (_, action, status, kind) => {
    expect((await read(deliveryStatus(mail, { action, status })))?.kind).toBe(kind);
  });

  it('reads the whole mail, its header, and no more than the ENVID', async () => {
    for (const original of ['message/rfc822', 'text/rfc822-headers', 'message/global-headers']) {
      expect((await read(deliveryStatus(mail, { original })))?.messageId).toBe(mail.messageId);
    }
    const envelopeId = '7d0c5a52-3f0a-4e6b-9a55-6c8a4f4e1a01';
    expect(await read(deliveryStatus(mail, { original: '', envelopeId }))).toMatchObject({
      messageId: undefined,
      envelopeId,
    });
  });

  it('finds the failure among several recipients', async () => {
    const delayed = 'Final-Recipient: rfc822; b@library.example\nAction: delayed\nStatus: 4.0.0\n\n';
    expect((await read(deliveryStatus(mail, { before: delayed })))?.kind).toBe('bounce');
  });

  it.each([
    ['abuse', 'complaint'],
    ['fraud', 'complaint'],
    ['not-spam', undefined],
    ['auth-failure', undefined],
  ])('reads a feedback report of the type %s', async (type, kind) => {
    const report = await read(complaintMail(mail, type));
    expect([report?.kind, report?.messageId]).toEqual(
      kind === undefined ? [undefined, undefined] : [kind, mail.messageId],
    );
  });

  it('reads a report that a mailbox rule forwards as an attachment', async () => {
    expect(await read(forwarded(deliveryStatus(mail)))).toMatchObject({ kind: 'bounce', messageId: mail.messageId });
  });

  it.each([
    ['an answer', `Message-ID: <${mail.messageId}>\nSubject: Re: Hello\n\nAction: failed\nStatus: 5.1.1\n`],
    ['a text that quotes a report', `Subject: x\n\n${deliveryStatus(mail)}`],
    ['a mail with the original only', multipart([['message/rfc822', `Message-ID: <${mail.messageId}>\n\nHello`]])],
    ['no mail', '\0\0\0'],
  ])('finds no report in %s', async (_, source) => {
    expect(await read(source)).toBeUndefined();
  });

  it('reads no more than a report has: 20 parts, headers of 16 kB, and 128 kB in all', async () => {
    const parts = Array.from({ length: 21 }, () => ['text/plain', 'x'] as const);
    await expect(read(multipart(parts))).rejects.toThrow();
    for (const header of [`To: ${'a,'.repeat(8_192)}`, `Content-Type: text/plain${';a=b'.repeat(4_096)}`]) {
      await expect(read(`${header}\n${deliveryStatus(mail)}`)).rejects.toThrow();
      await expect(read(multipart([[`text/plain\n${header}`, 'x']]))).rejects.toThrow();
    }
    const padding = (bytes: number) => deliveryStatus(mail).replace('\n\n--', `\n\n${'x\n'.repeat(bytes / 2)}--`);
    expect(await read(padding(100_000))).toMatchObject({ kind: 'bounce' });
    expect(await read(padding(131_072))).toBeUndefined();
  });
});
