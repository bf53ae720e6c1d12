import '../styles/templates.css';

import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useReducer } from 'react';

import { ApiProblem, type Schema } from '../api/client';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { sourceQuery, storedQuery } from './queries';
import { TemplateEditor } from './template-editor';

const route = getRouteApi('/templates/edit/$');

/** What a new template starts with: the frame of all mails, and a paragraph. */
const skeleton = {
  html: `{% extends "email/base.html" %}
{% load i18n %}

{% block content %}
<tr><td>
<p>{% blocktrans with name=user.name %}Hello {{ name }},{% endblocktrans %}</p>
<p><a href="{{ url }}">{{ url }}</a></p>
{% if code %}<p>{{ code }}</p>{% endif %}
</td></tr>
{% endblock %}
`,
  text: '',
};

/** The editor of a template, with its preview and its versions. */
export function TemplatePage(): ReactNode {
  const { _splat: name = '' } = route.useParams();
  const { can, user } = useSession();
  const source = useQuery({ ...sourceQuery(name), enabled: can('view_mailtemplate') });
  // A template that was restored or deleted is opened once more.
  const [{ count, note }, reopen] = useReducer(
    (before: { readonly count: number }, message: string) => ({ count: before.count + 1, note: message }),
    { count: 0, note: '' },
  );
  if (!can('view_mailtemplate')) {
    return <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} isPage />;
  }
  const isMissing = source.error instanceof ApiProblem && source.error.status === 404;
  const isNew = isMissing && user.is_superuser && name.endsWith('.html');
  const fresh = { name, place: 'database', stored: null, version: null, ...skeleton } as const;
  const shown = isNew ? fresh : isMissing ? undefined : source.data;
  if (shown === undefined) {
    return (
      <Loaded query={source} isPage>
        {() => null}
      </Loaded>
    );
  }
  const key = `${name} ${count}`;
  if (shown.place === 'folder' && shown.stored !== null)
    return <Hidden key={key} source={shown} {...{ note, reopen }} />;
  return <TemplateEditor key={key} source={shown} {...{ isNew, note, reopen }} />;
}

interface HiddenProps {
  readonly source: Schema<'MailTemplateSource'>;
  readonly note: string;
  readonly reopen: (note: string) => void;
}

/** A template in the database that one of the folder hides: it can be read and deleted. */
function Hidden({ source, note, reopen }: HiddenProps): ReactNode {
  return (
    <Loaded query={useQuery(storedQuery(source.stored ?? ''))} isPage>
      {({ html, text = '' }) => (
        <TemplateEditor source={{ ...source, html, text }} isNew={false} {...{ note, reopen }} />
      )}
    </Loaded>
  );
}
