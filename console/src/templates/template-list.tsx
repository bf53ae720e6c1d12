import '../styles/templates.css';

import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { stagesQuery } from '../mails/queries';
import { TabFilter } from '../parts/filters';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { Moment } from '../parts/moment';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { languageName } from './languages';
import { templatesQuery } from './queries';
import { titleOf } from './titles';

type Template = Schema<'AvailableMailTemplate'>;

/** The templates of all places: what mails look like, in which languages, and where they are used. */
export function TemplateList(): ReactNode {
  const { search } = useList();
  const { can, user } = useSession();
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const templates = useQuery({
    ...templatesQuery,
    select: (all) => ({ results: all.filter((template) => isShown(template, search)) }),
  });
  return (
    <ListPage
      title={t('nav.templates')}
      actions={user.is_superuser && <NewTemplate />}
      find={t('templates.search')}
      tabs={
        <TabFilter
          name="state"
          label={t('templates.kinds')}
          tabs={[
            { value: undefined, label: t('templates.all') },
            { value: 'own', label: t('templates.own') },
            { value: 'parts', label: t('templates.parts') },
          ]}
        />
      }
      query={templates}
      label={t('templates.list')}
      keyOf={({ name }) => name}
      row={(template) => (
        <Row
          template={template}
          stages={stages.filter((stage) => stage.template === template.name).map(({ name }) => name)}
        />
      )}
      isFiltered={search.q !== undefined}
      empty={{ icon: 'templates', title: t('templates.noneOwn'), text: t('templates.noneOwnText') }}
    />
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
