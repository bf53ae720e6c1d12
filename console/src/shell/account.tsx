import { Menu, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useRef } from 'react';

import { csrfToken } from '../api/client';
import { Icon } from '../parts/icon';
import { useSession } from '../session';
import { chooseLanguage, currentLanguage, languageNames, t } from '../texts/texts';

const schemes = ['light', 'dark', 'auto'] as const;

/** The signed-in user, their settings of this browser, and the way out. */
export function Account(): ReactNode {
  const { user } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const token = useRef<HTMLInputElement>(null);
  // Another tab may have signed in since this one was drawn.
  const giveToken = (): void => {
    if (token.current !== null) token.current.value = csrfToken();
  };
  const name = user.name === '' ? user.username : user.name;
  return (
    <div className="account">
      <Menu position="top-start" width={208} shadow="md">
        <Menu.Target>
          <button type="button" className="account-button" aria-label={t('account.menu', { name })}>
            <span className="account-mark" aria-hidden="true">
              {[...name][0]?.toUpperCase()}
            </span>
            <span className="account-name">
              {name}
              {name !== user.username && <small>{user.username}</small>}
            </span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('account.appearance')}</Menu.Label>
          {schemes.map((scheme) => (
            <Menu.Item
              key={scheme}
              onClick={() => setColorScheme(scheme)}
              rightSection={scheme === colorScheme && <Icon name="check" size={14} />}
            >
              {t(`account.${scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{t('account.language')}</Menu.Label>
          {Object.entries(languageNames).map(([tag, own]) => (
            <Menu.Item
              key={tag}
              lang={tag}
              onClick={() => chooseLanguage(tag)}
              rightSection={tag === currentLanguage() && <Icon name="check" size={14} />}
            >
              {own}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {/* A form of the page, as on the start page: the answer leads on from there. */}
      <form method="post" action="/sign-out/" onSubmit={giveToken}>
        <input type="hidden" name="page:csrf" ref={token} />
        <button type="submit" className="sign-out" aria-label={t('account.signOut')} title={t('account.signOut')}>
          <Icon name="leave" />
        </button>
      </form>
    </div>
  );
}
