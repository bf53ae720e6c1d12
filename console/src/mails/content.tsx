import { Alert, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { Facts } from '../parts/facts';
import { MailFrame } from '../parts/mail-frame';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { t } from '../texts/texts';
import { contentQuery } from './queries';

const views = ['html', 'text', 'headers'] as const;
type View = (typeof views)[number];

/** What a mail looks like, with its secrets masked. */
export function Content({ pk }: { readonly pk: string }): ReactNode {
  const [view, setView] = useState<View>('html');
  const content = useQuery(contentQuery(pk));
  const chooser = (
    <div className="tabs mail-views" role="group" aria-label={t('mailPage.content')}>
      {views.map((name) => (
        <button
          key={name}
          type="button"
          className="tab"
          aria-pressed={name === view}
          aria-current={name === view ? 'true' : undefined}
          onClick={() => setView(name)}
        >
          {t(`mailPage.${name}`)}
        </button>
      ))}
    </div>
  );
  return (
    <div className="mail-content">
      <Panel title={t('mailPage.content')} aside={chooser}>
        <Loaded query={content} lines={8}>
          {(shown) => (
            <>
              {shown.template_changed && (
                <Alert color="yellow" variant="light" m="md" role="status">
                  {t('mailPage.changed')}
                </Alert>
              )}
              <Shown view={view} content={shown} />
            </>
          )}
        </Loaded>
        <p className="panel-foot">{t('mailPage.contentText')}</p>
      </Panel>
    </div>
  );
}

function Shown({ view, content }: { readonly view: View; readonly content: Schema<'MailContent'> }): ReactNode {
  const isDark = useComputedColorScheme('light') === 'dark';
  if (view === 'headers') return <Facts facts={content.headers.map(({ name, value }) => [name, value])} />;
  if (view === 'text') {
    return (
      <pre className="mail-text" dir="auto" tabIndex={0} aria-label={t('mailPage.text')}>
        {content.text}
      </pre>
    );
  }
  if (content.html === '') return <p className="panel-text">{t('mailPage.noHtml')}</p>;
  return <MailFrame title={content.subject} html={content.html} isDark={isDark} />;
}
