import '../styles/templates.css';

import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { stagesQuery } from '../mails/queries';
import { Icon } from '../parts/icon';
import { Moment } from '../parts/moment';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { languageName } from './languages';
import { templatesQuery } from './queries';
import { titleOf } from './titles';

type Template = Schema<'AvailableMailTemplate'>;

const route = getRouteApi('/templates');

/** The filters: what the address says, and its text. */
const kinds = [
  [undefined, 'templates.all'],
  ['own', 'templates.own'],
  ['parts', 'templates.parts'],
] as const;

/** The templates of all places: what mails look like, in which languages, and where they are used. */
export function TemplateList(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { can, user } = useSession();
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <Page title={t('nav.templates')} actions={user.is_superuser && <NewTemplate />}>
      <div className="filters">
        <Search label={t('templates.search')} value={search.q ?? ''} change={(q) => change({ q })} />
      </div>
      <nav className="tabs" aria-label={t('templates.kinds')}>
        {kinds.map(([state, label]) => (
          <Link
            key={label}
            from={route.id}
            search={(before: ListSearch) => ({ ...before, state })}
            activeOptions={{ explicitUndefined: true }}
            aria-current={search.state === state ? 'page' : undefined}
            className="tab"
          >
            {t(label)}
          </Link>
        ))}
      </nav>
      <Loaded query={useQuery(templatesQuery)} lines={10}>
        {(templates) => {
          const shown = templates.filter((template) => isShown(template, search));
          return (
            <div className="panel">
              {shown.length === 0 ? (
                <Note
                  icon="templates"
                  title={t(search.q === undefined ? 'templates.noneOwn' : 'templates.noneFound')}
                  text={t(search.q === undefined ? 'templates.noneOwnText' : 'templates.noneFoundText')}
                />
              ) : (
                <ul className="rows" aria-label={t('templates.list')}>
                  {shown.map((template) => (
                    <Row
                      key={template.name}
                      template={template}
                      stages={stages.filter((stage) => stage.template === template.name).map(({ name }) => name)}
                    />
                  ))}
                </ul>
              )}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function isShown(template: Template, { q = '', state }: ListSearch): boolean {
  if (state === 'own' && template.place === 'shipped') return false;
  if ((state === 'parts') !== template.part && state !== 'own') return false;
  const words = q.toLowerCase().split(/\s+/);
  const text = `${template.name} ${titleOf(template)} ${template.subject}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function Row({ template, stages }: { readonly template: Template; readonly stages: readonly string[] }): ReactNode {
  const { name, languages, place, last_updated: changed } = template;
  return (
    <li>
      <Link to="/templates/edit/$" params={{ _splat: name }} className="row template-row">
        <span className="template-name">
          <span className="row-main" dir="auto">
            {titleOf(template)}
          </span>
          <span className="row-soft">{name}</span>
        </span>
        <span className="row-soft template-languages" title={languages.map(languageName).join(', ')}>
          {languages.length === 0 ? t('templates.anyLanguage') : counted('templates.languages', languages.length)}
        </span>
        <span className="row-soft template-uses" dir="auto" title={stages.join(', ')}>
          {stages.length === 0 ? '' : stages[1] === undefined ? stages[0] : counted('templates.stages', stages.length)}
        </span>
        <span className="place" data-place={place}>
          {t(`templates.place.${place}`)}
          {changed !== null && place === 'database' && (
            <span className="row-soft">
              <Moment time={changed} />
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}

/** Asks for the name of a new template, and opens its editor. Nothing is stored before it is saved there. */
function NewTemplate(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('email/');
  const navigate = useNavigate();
  const isValid = /^(?:[^/\\]+\/)*[^/\\]+\.html$/.test(name) && !/(?:^|\/)\.\.?(?:\/|$)/.test(name);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isValid) void navigate({ to: '/templates/edit/$', params: { _splat: name } });
  };
  return (
    <>
      <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
        {t('templates.new')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('templates.new')}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
      >
        <form onSubmit={submit}>
          <TextInput
            data-autofocus
            label={t('templates.name')}
            description={t('templates.nameHint')}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Group justify="flex-end" mt="lg" gap="xs">
            <Button variant="default" onClick={() => setOpen(false)}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" disabled={!isValid}>
              {t('templates.write')}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
