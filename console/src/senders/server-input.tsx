import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import type { InputProps } from '../parts/form/field-input';
import { textOf } from '../parts/form/values';
import { t } from '../texts/texts';
import { type Encryption, encryptions, type SmtpServer, smtpUrl, usualPorts } from './smtp-url';

/** How the URLs of providers begin: what stands in `<…>` is filled in. */
const providers: Readonly<Record<string, string>> = {
  'Microsoft 365':
    'smtp://<address>@smtp.office365.com:587?oauth=microsoft&tenant=<tenant>&client_id=<id>&client_secret=<secret>',
  Gmail: 'smtp://<address>:<app password>@smtp.gmail.com:587',
  'Amazon SES': 'ses+api://<key ID>:<secret>@default?region=eu-west-1',
  Resend: 'resend://<API key>@default',
  Postmark: 'postmark://<server token>@default',
  SendGrid: 'sendgrid://<API key>@default',
  Mailgun: 'mailgun://<API key>@default?domain=<domain>',
  'Mailpit, on your machine': 'smtp://127.0.0.1:1025',
};

const empty: SmtpServer = { host: '', port: '587', user: '', password: '', encryption: 'starttls' };

/** Chooses a provider, whose URL is filled in, or describes a mail server of one's own, whose URL is made from it. */
export function ServerInput({ value, change, common }: InputProps): ReactNode {
  const [provider, setProvider] = useState('');
  const [server, setServer] = useState(empty);
  const isOwn = provider === '';
  const describe = (changed: Partial<SmtpServer>): void => {
    const next = { ...server, ...changed };
    setServer(next);
    change(smtpUrl(next) || undefined);
  };
  return (
    <div className="server-input">
      <NativeSelect
        label={t('stages.provider')}
        value={provider}
        data={[
          { value: '', label: t('stages.ownServer') },
          ...Object.keys(providers).map((name) => ({ value: name, label: name })),
        ]}
        onChange={({ currentTarget: { value: chosen } }) => {
          setProvider(chosen);
          change(chosen === '' ? smtpUrl(server) || undefined : providers[chosen]);
        }}
      />
      {isOwn ? (
        <OwnServer server={server} describe={describe} error={common.error} />
      ) : (
        <TextInput
          {...common}
          description={t('senders.providerText')}
          dir="ltr"
          value={textOf(value)}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
    </div>
  );
}

interface OwnServerProps {
  readonly server: SmtpServer;
  readonly describe: (changed: Partial<SmtpServer>) => void;
  readonly error: ReactNode;
}

function OwnServer({ server, describe, error }: OwnServerProps): ReactNode {
  const { host, port, user, password, encryption } = server;
  return (
    <>
      <TextInput
        name="host"
        label={t('senders.host')}
        placeholder="mail.example.com"
        dir="ltr"
        withAsterisk
        error={error}
        value={host}
        onChange={({ currentTarget }) => describe({ host: currentTarget.value })}
      />
      <div className="server-parts">
        <NativeSelect
          label={t('senders.encryption')}
          value={encryption}
          data={encryptions.map((each) => ({ value: each, label: t(`senders.encryption.${each}`) }))}
          onChange={({ currentTarget }) => {
            const chosen = currentTarget.value as Encryption;
            describe({ encryption: chosen, ...(port === usualPorts[encryption] && { port: usualPorts[chosen] }) });
          }}
        />
        <TextInput
          name="port"
          label={t('senders.port')}
          inputMode="numeric"
          value={port}
          onChange={({ currentTarget }) => describe({ port: currentTarget.value })}
        />
      </div>
      <div className="server-parts">
        <TextInput
          name="user"
          label={t('senders.user')}
          description={t('senders.userText')}
          autoComplete="off"
          dir="ltr"
          value={user}
          onChange={({ currentTarget }) => describe({ user: currentTarget.value })}
        />
        <TextInput
          name="password"
          type="password"
          label={t('senders.password')}
          autoComplete="new-password"
          dir="ltr"
          value={password}
          onChange={({ currentTarget }) => describe({ password: currentTarget.value })}
        />
      </div>
    </>
  );
}
