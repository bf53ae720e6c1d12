import aws4 from 'aws4';

import type { OutgoingResponse } from '../../../outgoing/http-request.js';
import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { compose } from '../composition.js';
import {
  type HttpProvider,
  type HttpSettings,
  isSuccess,
  type ProviderAnswer,
  type ProviderRequest,
} from './http-provider.js';

/**
 * Amazon SES: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, requests are signed as
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html describes.
 */
export const ses: HttpProvider = {
  name: 'ses+api',
  host: ({ region = '' }) => `email.${region}.amazonaws.com`,
  parameters: ['region', 'configuration_set'],
  hasKeyId: true,
  isIdempotent: false,
  problem: ({ parameters: { region = '' } }) =>
    /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? undefined : 'needs ?region= with a region such as eu-west-1.',
  send: (mail, settings, now) => {
    const { raw, envelope } = compose(mail);
    const body = {
      FromEmailAddress: envelope.from,
      Destination: { ToAddresses: envelope.to },
      Content: { Raw: { Data: raw.toString('base64') } },
      ConfigurationSetName: settings.parameters['configuration_set'],
    };
    return signed('POST', 'v2/email/outbound-emails', JSON.stringify(body), settings, now);
  },
  read: (response): ProviderAnswer => {
    const id = textOf(jsonOf(response)['MessageId']);
    if (isSuccess(response)) return { kind: 'accepted', messageId: id, text: id };
    const error = errorOf(response);
    const text = [error, messageOf(response)].filter(Boolean).join(': ');
    // Also the answer to a sender that is not verified, and in the sandbox to a recipient that is not.
    const isRefused = refusals.includes(error) && !/not verified/i.test(text);
    return { kind: isRefused || response.status === 413 ? 'refused' : 'deferred', text };
  },
  // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
  check: (settings, now) => signed('GET', 'v2/email/account', '', settings, now),
  readCheck: (response) => {
    const message = messageOf(response);
    if (isSuccess(response)) {
      return jsonOf(response)['SendingEnabled'] === false
        ? 'Sending is paused or suspended for the account.'
        : undefined;
    }
    // A key that can only send mails is the right one.
    return /not authorized to perform: ses:GetAccount/i.test(message) ? undefined : `${errorOf(response)}: ${message}`;
  },
};

/** Errors that say that the mail is wrong. */
const refusals = ['MessageRejected', 'BadRequestException'];

function signed(
  method: 'GET' | 'POST',
  path: string,
  body: string,
  { endpoint, keyId = '', secret, parameters }: HttpSettings,
  now: Date,
): ProviderRequest {
  const { headers = {} } = aws4.sign(
    {
      service: 'ses',
      region: parameters['region'] ?? '',
      host: new URL(endpoint).host,
      method,
      path: `/${path}`,
      headers: { 'Content-Type': 'application/json', 'X-Amz-Date': now.toISOString().replace(/[:-]|\.\d{3}/g, '') },
      body,
    },
    { accessKeyId: keyId, secretAccessKey: secret },
  );
  return { method, path, headers: headers as Record<string, string>, body };
}

/** Returns the name of an error, such as `MessageRejected`; behind it may come a colon and an address. */
function errorOf(response: OutgoingResponse): string {
  const type = textOf(response.headers['x-amzn-errortype']) || textOf(jsonOf(response)['__type']);
  return type.replace(/:.*$/, '').replace(/^.*#/, '');
}

function messageOf(response: OutgoingResponse): string {
  const { message, Message } = jsonOf(response);
  return textOf(message) || textOf(Message);
}
