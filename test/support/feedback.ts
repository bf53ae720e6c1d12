import type { Report, SentMail } from './provider-reports.js';
import type { TestApp } from './test-app.js';

/** Sends a report to the service. */
export async function postReport(
  { url }: TestApp,
  name: string,
  { body, headers }: Report,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/api/v3/mail/feedback/${name}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Returns everything that feedback can change about a mail. */
export async function tracesOf(
  { api, dataSource }: TestApp,
  { pk, to }: Pick<SentMail, 'pk' | 'to'>,
): Promise<{ feedback: unknown[]; suppressions: { pk: string }[]; events: unknown[] }> {
  const { body } = await api.get(`/mail/messages/${pk}/`);
  const suppressions = await api.get(`/mail/suppressions/?address=${to}`);
  const events = await dataSource.query(
    "select type, data from outgoing_event where subject = $1 and type in ('mail.bounced', 'mail.complained') order by sequence",
    [`mail/${pk}`],
  );
  return { feedback: body.feedback, suppressions: suppressions.body.results, events };
}

/** The traces of a mail that no report has changed. */
export const nothing = { feedback: [], suppressions: [], events: [] };
