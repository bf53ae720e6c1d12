import { Combobox, Modal, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';

import { Icon, type IconName } from '../parts/icon';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type Found, finders, hasWords } from './finders';
import { useSections } from './navigation';

/** Shortest text that the lists are searched for. */
const shortest = 2;

interface Group {
  readonly label: string;
  readonly rows: readonly (Found & { readonly icon: IconName })[];
}

interface FinderWindowProps {
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** Finds screens by their names and other words for them, and rows by the search of the lists that the visitor may see. */
export function FinderWindow({ isOpen, close }: FinderWindowProps): ReactNode {
  return (
    <Modal.Root
      opened={isOpen}
      onClose={close}
      padding={0}
      size="lg"
      centered={false}
      yOffset="12vh"
      lockScroll={false}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t('finder.find')}>
        <Modal.Body>
          <Contents isOpen={isOpen} close={close} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Contents({ isOpen, close }: FinderWindowProps): ReactNode {
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  // Escape in the input closes the list, which is the whole window.
  const combobox = useCombobox({ opened: true, onDropdownClose: close });
  const { groups, isSearching } = useFound(typed);
  const rows = groups.flatMap((group) => group.rows);
  const keys = rows.map(({ key }) => key).join(' ');
  // The first one is chosen, so that Enter opens it.
  useEffect(() => {
    combobox.selectFirstOption();
  }, [keys]);
  const open = (chosen: string): void => {
    const row = rows.find(({ key }) => key === chosen);
    if (row === undefined) return;
    close();
    void navigate(row.link);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={open}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          variant="unstyled"
          className="finder-input"
          placeholder={t('finder.placeholder')}
          aria-label={t('finder.placeholder')}
          leftSection={<Icon name="search" />}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          // A page that is loaded meanwhile takes the focus to its title.
          onBlur={({ currentTarget, relatedTarget }) => {
            if (isOpen && relatedTarget?.closest('[role="dialog"]') === null) currentTarget.focus();
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options className="finder-list" aria-label={t('finder.find')}>
        {groups.map((group) => (
          <Combobox.Group key={group.label} label={group.label}>
            {group.rows.map(({ key, icon, name, text }) => (
              <Combobox.Option key={key} value={key} className="finder-row">
                <Icon name={icon} />
                <span className="cut" dir="auto">
                  {name}
                </span>
                <span className="cut finder-text" dir="auto">
                  {text}
                </span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ))}
      </Combobox.Options>
      <p role="status" className={rows.length === 0 ? 'finder-empty' : 'unseen'}>
        {rows.length === 0 ? t(isSearching ? 'finder.searching' : 'finder.nothing') : ''}
      </p>
    </Combobox>
  );
}

function useFound(typed: string): { readonly groups: readonly Group[]; readonly isSearching: boolean } {
  const terms = typed.trim();
  const [settled] = useDebouncedValue(terms, 200);
  const { can } = useSession();
  const entries = useSections().flatMap((section) => section.entries);
  const allowed = finders.filter(({ needs }) => needs === undefined || can(needs));
  const answers = useQueries({
    queries: allowed.map(({ label, find }) => ({
      queryKey: ['find', label, settled],
      queryFn: () => find(settled),
      enabled: settled.length >= shortest,
      staleTime: 10_000,
    })),
  });
  const screens = entries
    .filter(({ label, words }) => hasWords(`${t(label)} ${words === undefined ? '' : t(words)}`, terms))
    .map(({ to, icon, label }) => ({ key: to, name: t(label), text: '', icon, link: { to } }));
  const lists = allowed.map(({ label, icon }, index) => ({
    label: t(label),
    rows: (settled.length < shortest ? [] : (answers[index]?.data ?? [])).map((row) => ({
      ...row,
      key: `${label} ${row.key}`,
      icon,
    })),
  }));
  return {
    groups: [{ label: t('finder.screens'), rows: screens }, ...lists].filter(({ rows }) => rows.length > 0),
    isSearching: settled !== terms || answers.some(({ isFetching }) => isFetching),
  };
}
