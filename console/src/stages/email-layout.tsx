import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { InputProps } from '../parts/form/field-input';
import type { FormLayout } from '../parts/form/resource-form';
import type { Values } from '../parts/form/values';
import { t } from '../texts/texts';
import { mailTemplatesQuery } from './queries';

/** Servers that providers offer to SMTP clients. */
const providers: Readonly<Record<string, Values>> = {
  'Amazon SES': { host: 'email-smtp.eu-west-1.amazonaws.com', port: 587, use_tls: true, use_ssl: false },
  Gmail: { host: 'smtp.gmail.com', port: 587, use_tls: true, use_ssl: false },
  Mailgun: { host: 'smtp.mailgun.org', port: 587, use_tls: true, use_ssl: false },
  'Mailpit, on your machine': { host: '127.0.0.1', port: 1025, use_tls: false, use_ssl: false },
  Postmark: { host: 'smtp.postmarkapp.com', port: 587, use_tls: true, use_ssl: false },
  Resend: { host: 'smtp.resend.com', port: 465, use_tls: false, use_ssl: true, username: 'resend' },
  SendGrid: { host: 'smtp.sendgrid.net', port: 587, use_tls: true, use_ssl: false, username: 'apikey' },
};

const hasOwnServer = ({ use_global_settings, transport }: Values): boolean =>
  use_global_settings !== true && (transport === null || transport === undefined);

/** The form of email stages: the way to send first, and the connection only where the stage has a server of its own. */
export const emailLayout: FormLayout = {
  first: [
    'name',
    'template',
    'subject',
    'from_address',
    'use_global_settings',
    'transport',
    'host',
    'port',
    'username',
    'password',
    'use_tls',
    'use_ssl',
  ],
  inputs: { template: TemplateInput },
  only: {
    transport: ({ use_global_settings }) => use_global_settings !== true,
    host: hasOwnServer,
    port: hasOwnServer,
    username: hasOwnServer,
    password: hasOwnServer,
    use_tls: hasOwnServer,
    use_ssl: hasOwnServer,
    timeout: hasOwnServer,
  },
  before: {
    host: (values, fill) => (
      <NativeSelect
        label={t('stages.provider')}
        description={t('stages.providerText')}
        value={Object.keys(providers).find((name) => providers[name]?.['host'] === values['host']) ?? ''}
        data={[{ value: '', label: t('stages.ownServer') }, ...Object.keys(providers)]}
        onChange={({ currentTarget }) => fill(providers[currentTarget.value] ?? {})}
      />
    ),
  },
};

/** Chooses among the templates that the service has. */
function TemplateInput({ value, change, common }: InputProps): ReactNode {
  const templates = useQuery(mailTemplatesQuery).data ?? [];
  const chosen = typeof value === 'string' ? value : '';
  const names = templates.map(({ name, description }) => ({ value: name, label: description || name }));
  const data = names.some((each) => each.value === chosen) ? names : [{ value: chosen, label: chosen }, ...names];
  return (
    <NativeSelect
      {...common}
      value={chosen}
      data={data}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
