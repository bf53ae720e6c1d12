/** A mail that a report is about. */
interface Original {
  readonly messageId: string;
  readonly to: string;
}

/** Returns a mail with these parts: media type and content. */
export function multipart(
  parts: readonly (readonly [type: string, content: string])[],
  type = 'multipart/report; report-type=delivery-status',
): string {
  const boundary = `boundary-${parts.length}-${type.length}`;
  return [
    'From: MAILER-DAEMON@mx.example (Mail Delivery System)',
    'To: service@library.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Message-ID: <20261129100000.4F1@mx.example>',
    'Date: Sun, 29 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    `Content-Type: ${type};`,
    ` boundary="${boundary}"`,
    '',
    ...parts.map(([each, content]) => `--${boundary}\nContent-Type: ${each}\n\n${content}`),
    `--${boundary}--\n`,
  ].join('\n');
}

const headerOf = ({ messageId, to }: Original): string =>
  `From: service@library.example\nTo: ${to}\nMessage-ID: <${messageId}>\nSubject: Confirm your address\n`;

/** Returns a delivery status notification (RFC 3464, appendix E) in the form of Postfix. */
export function deliveryStatus(
  mail: Original,
  { action = 'failed', status = '5.1.1', original = 'message/rfc822', envelopeId = '', before = '' } = {},
): string {
  const message = [
    'Reporting-MTA: dns; mx.example',
    ...(envelopeId === '' ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
  ];
  const recipient = [
    `Final-Recipient: rfc822; ${mail.to}`,
    `Action: ${action}`,
    `Status: ${status}`,
    'Remote-MTA: dns; mx2.example',
    `Diagnostic-Code: smtp; 550 ${status} <${mail.to}>: No such`,
    '    user',
  ];
  return multipart([
    ['text/plain; charset=us-ascii', 'Your message could not be delivered.\n'],
    ['message/delivery-status', `${message.join('\n')}\n\n${before}${recipient.join('\n')}\n`],
    ...(original === '' ? [] : ([[original, `${headerOf(mail)}\nHello\n`]] as const)),
  ]);
}

/** Returns a feedback report (RFC 5965, appendix B). */
export function complaintMail(mail: Original, type = 'abuse'): string {
  const report = `Feedback-Type: ${type}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nArrival-Date: Sun, 29 Nov 2026 09:00:00 +0000\n`;
  return multipart(
    [
      ['text/plain', 'This is an email abuse report.\n'],
      ['message/feedback-report', report],
      ['text/rfc822-headers', headerOf(mail)],
    ],
    'multipart/report; report-type=feedback-report',
  );
}

/** Returns a mail with another one as an attachment. */
export function forwarded(source: string): string {
  return multipart(
    [
      ['text/plain', 'See below.'],
      ['message/rfc822\nContent-Disposition: attachment; filename=report.eml', source],
    ],
    'multipart/mixed',
  );
}
