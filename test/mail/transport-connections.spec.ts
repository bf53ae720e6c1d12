import { expect, it } from 'vitest';

import { CollectingServer } from '../support/smtp/collecting-server.js';
import { outgoingMail, smtpSettings, startTransports } from '../support/smtp/transports.js';

/** Sends mails at the same time to a server that answers each after `delay` milliseconds and refuses further connections. */
async function sendAll(phases: readonly { mails: number; allowed: number }[], delay = 20) {
  let open = 0;
  let most = 0;
  let allowed = 0;
  const server = await CollectingServer.start({
    onConnect: (_session, callback) => {
      open += 1;
      if (open > allowed) callback(Object.assign(new Error('too many connections'), { responseCode: 421 }));
      else {
        most = Math.max(most, open);
        callback();
      }
    },
    onClose: () => {
      open -= 1;
    },
    onData: (stream, _session, callback) => {
      stream.resume().on('end', () => setTimeout(() => callback(null), delay));
    },
  });
  const test = await startTransports({ SMTP_CONNECTIONS: '12' });
  const results = [];
  for (const phase of phases) {
    [allowed, most] = [phase.allowed, open];
    const since = performance.now();
    const send = () => test.transports.send(smtpSettings(server.port), outgoingMail());
    const outcomes = await Promise.all(Array.from({ length: phase.mails }, send));
    const rest = outcomes.filter(({ kind }) => kind !== 'accepted');
    results.push({ rest, most, perSecond: Math.round((phase.mails / (performance.now() - since)) * 1000) });
  }
  await test.stop();
  await server.stop();
  return results;
}

it('uses SMTP_CONNECTIONS connections to a server', async ({ annotate }) => {
  const [{ rest, most, perSecond }] = (await sendAll([{ mails: 120, allowed: 100 }], 200)) as [any];
  expect({ rest, most }).toEqual({ rest: [], most: 12 });
  await annotate(`12 connections, 200 ms a mail: ${perSecond} mails a second`);
});

it('uses fewer while the server refuses some with 421, without deferring a mail, and more again later', async () => {
  const [few, , many] = await sendAll(
    [
      { mails: 60, allowed: 3 },
      { mails: 1000, allowed: 100 },
      { mails: 60, allowed: 100 },
    ],
    1,
  );
  expect(few).toMatchObject({ rest: [], most: 3 });
  expect(many!.rest).toEqual([]);
  expect(many!.most).toBeGreaterThan(few!.most);
});
