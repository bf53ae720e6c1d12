import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Confirmed } from '../parts/confirm';
import { Copy } from '../parts/copy';
import { DeleteButton } from '../parts/form/delete-button';
import { Icon } from '../parts/icon';
import { useSession } from '../session';
import { t, type TextKey } from '../texts/texts';
import { Check, Findings } from './check';
import { domainsQuery } from './queries';

/** A domain of senders: its keys with the records to publish, and what receivers will think of its mails. */
export function Domain({ domain }: { readonly domain: Schema<'MailDomain'> }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const { pk, name, keys } = domain;
  const params = { path: { domain_uuid: pk } };
  return (
    <article className="sender" aria-label={name}>
      <div>
        <h3>{name}</h3>
        <p className="check-text">{t(stateOf(domain))}</p>
      </div>
      <ul className="keys">
        {keys.map((key) => (
          <li key={key.selector} className="key">
            <span className="state" data-state={{ active: 'good', pending: 'warning', retired: 'none' }[key.state]}>
              {t(`senders.key.${key.state}`)}
            </span>
            <span className="check-text">{key.algorithm}</span>
            <Record record={key.record} />
          </li>
        ))}
      </ul>
      {can('change_maildomain') && (
        <Check
          name={name}
          check={() => contentOf(api.POST('/mail/domains/{domain_uuid}/check/', { params }))}
          beside={
            <>
              {keys.some(({ state }) => state === 'pending') && (
                <Confirmed
                  label={t('senders.activate')}
                  icon={<Icon name="check" />}
                  question={t('senders.activateAsk', { name })}
                  text={t('senders.activateText')}
                  act={() => contentOf(api.POST('/mail/domains/{domain_uuid}/activate/', { params, body: {} }))}
                  done={() => void client.invalidateQueries(domainsQuery)}
                />
              )}
              {!keys.some(({ state }) => state === 'pending') && (
                <Confirmed
                  label={t('senders.rotate')}
                  icon={<Icon name="repeat" />}
                  question={t('senders.rotateAsk', { name })}
                  text={t('senders.rotateText')}
                  act={() => contentOf(api.POST('/mail/domains/{domain_uuid}/rotate/', { params }))}
                  done={() => void client.invalidateQueries(domainsQuery)}
                />
              )}
              {can('delete_maildomain') && (
                <DeleteButton
                  name={name}
                  label={t('senders.deleteOf', { name })}
                  usedBy={() => contentOf(api.GET('/mail/domains/{domain_uuid}/used_by/', { params }))}
                  remove={() => done(api.DELETE('/mail/domains/{domain_uuid}/', { params }))}
                  removed={() => void client.invalidateQueries(domainsQuery)}
                />
              )}
            </>
          }
        >
          {({ findings }) => <Findings findings={findings} />}
        </Check>
      )}
    </article>
  );
}

function stateOf({ signing, keys }: Schema<'MailDomain'>): TextKey {
  if (!signing) return 'senders.notSigning';
  return keys.some(({ state }) => state === 'active') ? 'senders.signing' : 'senders.noActiveKey';
}

function Record({ record }: { readonly record: Schema<'DnsRecord'> }): ReactNode {
  const values = [
    [t('senders.record.name'), record.name],
    [t('senders.record.type'), record.type],
    [t('senders.record.value'), record.value],
  ] as const;
  return (
    <dl className="record">
      {values.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <code>{value}</code>
            <Copy value={value} what={`${label} ${record.name}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
