import { createHash, createHmac } from 'node:crypto';

import { Webhook } from 'standardwebhooks';

import type { ProviderCall, ProviderReply } from './mail-provider-server.js';

/** Secret of every test: the API key, or the secret of signatures. */
export const apiKey = `whsec_${Buffer.from('a secret of 24 bytes or so').toString('base64')}`;

type Api = (call: ProviderCall) => ProviderReply;
type Json = Record<string, unknown>;

/** What a provider answers to a mail with a fault, in the words of its documentation. */
export interface ProviderApi {
  /** User name of EMAIL_URL if the secret is its password. */
  readonly username?: string;
  /** EMAIL_URL without scheme and host. */
  readonly query: string;
  /** Answers as the provider does. */
  readonly api: Api;
  /** A response to a mail that can never be sent. */
  readonly refusal: ProviderReply;
  /** A response to a mail that an administrator has to enable. */
  readonly setup: ProviderReply;
}

const isBearer = ({ headers }: ProviderCall): boolean => headers.authorization === `Bearer ${apiKey}`;
const jsonIn = ({ body }: ProviderCall): Json => JSON.parse(body) as Json;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** https://resend.com/docs/api-reference/emails/send-email and https://resend.com/docs/api-reference/errors */
function resend(call: ProviderCall): ProviderReply {
  if (!isBearer(call)) {
    return { status: 403, body: { statusCode: 403, name: 'invalid_api_key', message: 'API key is invalid' } };
  }
  if (call.path === '/domains') return { status: 200, body: { data: [] } };
  const { from, to, subject, html, text } = jsonIn(call);
  const isComplete = [from, subject].every(isText) && Array.isArray(to) && [html, text].some(isText);
  if (call.path !== '/emails' || !isComplete || !isText(call.headers['idempotency-key'])) {
    return { status: 422, body: { statusCode: 422, name: 'missing_required_field', message: 'Missing a field.' } };
  }
  return { status: 200, body: { id: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794' } };
}

/** https://postmarkapp.com/developer/api/email-api and https://postmarkapp.com/developer/api/overview */
function postmark(call: ProviderCall): ProviderReply {
  if (call.headers['x-postmark-server-token'] !== apiKey) {
    return { status: 401, body: { ErrorCode: 10, Message: 'Request does not contain a valid Server token.' } };
  }
  if (call.path === '/server') return { status: 200, body: { ID: 1, Name: 'Library' } };
  const { From, To, Subject, TextBody, MessageStream } = jsonIn(call);
  const isStream = MessageStream === 'transactional' || MessageStream === 'outbound';
  if (call.path !== '/email' || ![From, To, Subject, TextBody].every(isText) || !isStream) {
    return { status: 422, body: { ErrorCode: 300, Message: 'Invalid email request.' } };
  }
  return { status: 200, body: { ErrorCode: 0, Message: 'OK', MessageID: '0a129aee-e1cd-480d-b08d-4f48548ff48d', To } };
}

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
function sendgrid(call: ProviderCall): ProviderReply {
  if (!isBearer(call)) {
    return { status: 401, body: { errors: [{ message: 'authorization required', field: null, help: null }] } };
  }
  if (call.path === '/v3/scopes') return { status: 200, body: { scopes: ['mail.send'] } };
  const { personalizations, from, subject, content } = jsonIn(call) as {
    personalizations?: { to: { email: string }[] }[];
    from?: { email: string };
    subject?: string;
    content?: { type: string; value: string }[];
  };
  const types = content?.map(({ type }) => type).join();
  const isComplete = isText(personalizations?.[0]?.to[0]?.email) && isText(from?.email) && isText(subject);
  if (call.path !== '/v3/mail/send' || !isComplete || types !== 'text/plain,text/html') {
    return { status: 400, body: { errors: [{ message: 'The content is invalid.', field: 'content', help: null }] } };
  }
  return { status: 202, headers: { 'x-message-id': '14c5d75ce93.dfd.64b469' } };
}

/** https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages */
function mailgun(call: ProviderCall): ProviderReply {
  if (call.headers.authorization !== `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`) {
    return { status: 401, body: 'Forbidden' };
  }
  if (/^\/v4\/domains\/mg\.[a-z.]+$/.test(call.path)) return { status: 200, body: { domain: {} } };
  const boundary = /boundary=(\S+)/.exec(call.headers['content-type'] ?? '')?.[1] ?? '';
  const parts = call.body.split(`--${boundary}`);
  const hasField = (name: string): boolean => parts.some((part) => part.includes(`form-data; name="${name}"`));
  if (!/^\/v3\/mg\.[a-z.]+\/messages\.mime$/.test(call.path) || !hasField('to') || !hasField('message')) {
    return { status: 400, body: { message: 'to parameter is missing' } };
  }
  return { status: 200, body: { id: '<20261129.1@mg.example.org>', message: 'Queued. Thank you.' } };
}

const keyId = 'AKIDEXAMPLE';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned({ method, path, headers, body }: ProviderCall): boolean {
  const [, credential = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(headers.authorization ?? '') ?? [];
  const [id, day = '', region = '', service = ''] = credential.split('/');
  const time = String(headers['x-amz-date']);
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [method, path, '', lines.join(''), names, digest(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${apiKey}`);
  const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, digest(canonical)].join('\n')).toString('hex');
  const isScope = id === keyId && region === 'eu-west-1' && service === 'ses' && time.startsWith(day);
  return isScope && names.split(';').includes('host') && signature === expected;
}

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and …/CommonErrors.html */
function ses(call: ProviderCall): ProviderReply {
  if (!isSigned(call)) {
    const headers = { 'x-amzn-errortype': 'SignatureDoesNotMatch:http://internal.amazon.com/coral/' };
    return { status: 403, headers, body: { message: 'The request signature we calculated does not match.' } };
  }
  if (call.path === '/v2/email/account') return { status: 200, body: { SendingEnabled: true } };
  const { Destination, Content } = jsonIn(call) as {
    Destination?: { ToAddresses?: string[] };
    Content?: { Raw?: { Data?: string } };
  };
  const mime = Buffer.from(Content?.Raw?.Data ?? '', 'base64').toString();
  if (
    call.path !== '/v2/email/outbound-emails' ||
    !isText(Destination?.ToAddresses?.[0]) ||
    !/^MIME-Version: /m.test(mime)
  ) {
    return {
      status: 400,
      headers: { 'x-amzn-errortype': 'BadRequestException' },
      body: { message: 'Missing content.' },
    };
  }
  return { status: 200, body: { MessageId: '0102018b7e1f-6f7a-000000' } };
}

/** docs/mail.md */
function own(call: ProviderCall): ProviderReply {
  try {
    new Webhook(apiKey).verify(call.body, call.headers as Record<string, string>);
  } catch {
    return { status: 401, body: { message: 'The signature is wrong.' } };
  }
  return { status: 200, body: { id: 'job-17', message: 'queued' } };
}

/** The providers by name, which is the scheme of EMAIL_URL. */
export const providerApis: Readonly<Record<string, ProviderApi>> = {
  resend: {
    query: '',
    api: resend,
    refusal: {
      status: 422,
      body: { statusCode: 422, name: 'validation_error', message: 'Invalid `to` field.' },
    },
    setup: {
      status: 403,
      body: { statusCode: 403, name: 'validation_error', message: 'The library.example domain is not verified.' },
    },
  },
  postmark: {
    query: '?stream=transactional',
    api: postmark,
    refusal: { status: 422, body: { ErrorCode: 406, Message: 'You tried to send to an inactive recipient.' } },
    setup: { status: 422, body: { ErrorCode: 400, Message: 'The From address is not a Sender Signature.' } },
  },
  sendgrid: {
    query: '',
    api: sendgrid,
    refusal: {
      status: 400,
      body: { errors: [{ message: 'Does not contain a valid address.', field: 'personalizations.0.to.0.email' }] },
    },
    setup: {
      status: 403,
      body: { errors: [{ message: 'The from address does not match a verified Sender Identity.', field: 'from' }] },
    },
  },
  mailgun: {
    query: '?domain=mg.example.org',
    api: mailgun,
    refusal: { status: 400, body: { message: 'to parameter is not a valid address. please check documentation' } },
    setup: { status: 403, body: { message: 'Domain mg.example.org is not allowed to send: activate it.' } },
  },
  'ses+api': {
    username: keyId,
    query: '?region=eu-west-1',
    api: ses,
    refusal: {
      status: 400,
      headers: { 'x-amzn-errortype': 'MessageRejected' },
      body: { message: 'Transaction failed: Local address contains control or whitespace' },
    },
    setup: {
      status: 400,
      headers: { 'x-amzn-errortype': 'MessageRejected' },
      body: { message: 'Email address is not verified. The following identities failed the check in region EU-WEST-1' },
    },
  },
  https: {
    query: '',
    api: own,
    refusal: { status: 422, body: { message: 'The recipient is blocked.' } },
    setup: { status: 503, body: { message: 'Closed for maintenance.' } },
  },
};
