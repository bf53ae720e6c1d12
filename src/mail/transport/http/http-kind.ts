import { Injectable } from '@nestjs/common';

import { loopbackHost } from '../../../config/local-trial.js';
import type { Settings } from '../../../config/settings.js';
import { DatabaseClock } from '../../../database/database-clock.js';
import { OutgoingNetworks } from '../../../outgoing/outgoing-networks.js';
import { MailProxy } from '../mail-proxy.js';
import type { MailTransport, TransportFactory, TransportKind } from '../mail-transport.js';
import { oauthSecretParameters, oauthSecrets } from '../oauth/oauth-settings.js';
import { TokenSources } from '../oauth/token-sources.js';
import { readTransportUrl, schemeOf } from '../transport-url.js';
import { graph } from './graph.js';
import { type HttpProvider, type HttpSettings, serverOf } from './http-provider.js';
import { HttpTransport } from './http-transport.js';
import { mailgun } from './mailgun.js';
import { postmark } from './postmark.js';
import { resend } from './resend.js';
import { sendgrid } from './sendgrid.js';
import { ses } from './ses.js';
import { webhook } from './webhook.js';

/** The providers. */
const providers: readonly HttpProvider[] = [resend, postmark, sendgrid, mailgun, ses, graph, webhook];

function providerOf(name: string): HttpProvider {
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`there is no provider ${name}`);
  return found;
}

/** Opens transports over HTTP. */
@Injectable()
class HttpTransports implements TransportFactory<HttpSettings> {
  constructor(
    private readonly clock: DatabaseClock,
    private readonly tokens: TokenSources,
    private readonly networks: OutgoingNetworks,
    private readonly mailProxy: MailProxy,
  ) {}

  open(settings: HttpSettings, stopping: AbortSignal): MailTransport {
    const options = {
      clock: this.clock,
      tokens: this.tokens.of(settings),
      route: { guard: settings.isGuarded ? this.networks : undefined, proxy: this.mailProxy.proxy },
      stopping,
    };
    return new HttpTransport(providerOf(settings.provider), settings, options);
  }
}

/** Providers with an HTTP API. */
export const httpKind: TransportKind<HttpSettings> = {
  name: 'http',
  schemes: providers.map(({ name }) => name),
  secrets: ['secret', ...oauthSecrets],
  secretParts: (scheme) => [...(hasKeyAsUser(providerOf(scheme)) ? ['username'] : []), ...oauthSecretParameters],
  parse: httpSettingsIn,
  problem: (settings) => providerOf(settings.provider).problem?.(settings),
  describe: (settings) => ({ provider: `http/${settings.provider}`, server: serverOf(settings) }),
  factory: HttpTransports,
  providers: [],
};

/** Whether the user name of a provider's URL is the API key. */
function hasKeyAsUser(provider: HttpProvider): boolean {
  return !('parse' in provider) && provider.host !== undefined && provider.hasKeyId !== true;
}

/** Reads `resend://<API key>@default`, or `https://:<secret>@host/path` of the operator's own service. */
function httpSettingsIn(text: string, { emailTimeout }: Settings): HttpSettings {
  const scheme = schemeOf(text) ?? '';
  const provider = providerOf(scheme);
  const url = readTransportUrl(text, provider.parameters);
  const { username, password, host, port, path, parameters } = url;
  if (provider.parse !== undefined) {
    return { kind: 'http', provider: provider.name, ...provider.parse(url), parameters: {}, timeout: emailTimeout };
  }
  const isOwn = provider.host === undefined;
  const hasKeyId = provider.hasKeyId === true;
  const secret = isOwn || hasKeyId ? password : username;
  const key = hasKeyId ? '<key ID>:<secret>' : '<API key>';
  const form = isOwn ? 'https://:<secret>@host/path' : `${scheme}://${key}@default`;
  if (secret === '' || (hasKeyId && username === '')) throw new Error(`has no API key; write it as ${form}`);
  if (isOwn ? username !== '' : (password !== '' && !hasKeyId) || path !== '') throw new Error(`must be ${form}`);
  const values = Object.fromEntries(parameters);
  const usual = typeof provider.host === 'function' ? provider.host(values) : provider.host;
  const server = host === 'default' ? usual : host;
  if (server === undefined) throw new Error('has no host');
  // Only a test server on this machine is reached without TLS.
  const protocol = loopbackHost.test(server) ? 'http' : 'https';
  return {
    kind: 'http',
    provider: provider.name,
    endpoint: `${protocol}://${server}${port === undefined ? '' : `:${port}`}${path === '' ? '/' : path}`,
    ...(hasKeyId && { keyId: username }),
    secret,
    parameters: values,
    timeout: emailTimeout,
  };
}
