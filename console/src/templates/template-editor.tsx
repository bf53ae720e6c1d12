import '../styles/template-editor.css';

import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { stagesQuery } from '../mails/queries';
import { Back } from '../parts/back';
import { Confirmed } from '../parts/confirm';
import { LeaveGuard } from '../parts/form/leave-guard';
import { Icon } from '../parts/icon';
import { Page } from '../parts/page';
import { useSession } from '../session';
import { currentLanguage, t } from '../texts/texts';
import { CodeEditor, type Mark } from './code-editor';
import { keepDraft, keptDraft } from './draft';
import { Findings, PreviewPane, type View, wordsOf } from './preview';
import { save, type Source, sourceQuery, templatesQuery } from './queries';
import { RestoredNote } from './restored-note';
import { titleOf } from './titles';
import { Versions } from './versions';

type Preview = Schema<'MailTemplatePreview'>;

interface TemplateEditorProps {
  readonly source: Schema<'MailTemplateSource'>;
  /** It is not stored anywhere yet. */
  readonly isNew: boolean;
  /** What has just been done with it; empty for nothing. */
  readonly note: string;
  /** Opens the template once more, with what is stored, and says what was done. */
  readonly reopen: (note: string) => void;
}

const parts = ['html', 'text'] as const;

/** The source of a template, the mail that it makes, and what was before. */
export function TemplateEditor({ source, isNew, note, reopen }: TemplateEditorProps): ReactNode {
  const { name, place } = source;
  const { can, user } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const kept = useMemo(() => keptDraft(name), [name]);
  const [draft, setDraft] = useState<Source>({ html: kept?.html ?? source.html, text: kept?.text ?? source.text });
  const [saved, setSaved] = useState<Source>({ html: source.html, text: source.text });
  // The version that the draft is based on, which may be older than the current one.
  const [base, setBase] = useState({ stored: source.stored, version: kept?.version ?? source.version });
  const [isRestored, setRestored] = useState(kept !== undefined);
  const [message, setMessage] = useState<ReactNode>(note);
  const [part, setPart] = useState<keyof Source>('html');
  const [pane, setPane] = useState<'source' | 'preview'>('source');
  const [isComparing, setComparing] = useState(false);
  const [preview, setPreview] = useState<Preview>();
  const [view, setView] = useState<View>({
    look: 'desktop',
    isDark: false,
    locale: currentLanguage(),
    stage: undefined,
  });
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const using = stages.filter(({ template }) => template === name);
  const stage = view.stage ?? using[0]?.pk ?? '';
  const mayWrite = user.is_superuser && place !== 'folder';
  const isDirty = draft.html !== saved.html || draft.text !== saved.text;

  const change = (changed: Partial<Source>): void => {
    const next = { ...draft, ...changed };
    setDraft(next);
    setMessage(undefined);
    const isSaved = next.html === saved.html && next.text === saved.text;
    keepDraft(name, isSaved ? undefined : { ...next, version: base.version });
  };
  const saving = useMutation({
    mutationFn: (sent: Source) => save(name, base, sent),
    onSuccess: ({ pk, version }, sent) => {
      setBase({ stored: pk, version });
      setSaved(sent);
      setRestored(false);
      setMessage(t('templates.saved', { version }));
      // What was typed while it was saved is still a draft.
      const isStill = draft.html !== sent.html || draft.text !== sent.text;
      keepDraft(name, isStill ? { ...draft, version } : undefined);
      void client.invalidateQueries({ queryKey: ['templates'] });
    },
    onError: async () => {
      // The next attempt is based on what is stored now, and says so first.
      const { stored, version } = await client.query(sourceQuery(name));
      if (stored !== base.stored || version !== base.version) setBase({ stored, version });
    },
  });
  const sending = useMutation({
    mutationFn: () => {
      const { locale } = view;
      const body = { name, locale, ...(isDirty || isNew ? draft : {}), ...(stage !== '' && { stage }) };
      return contentOf(api.POST('/mail/templates/send/', { body }));
    },
    onSuccess: ({ message: pk }) =>
      setMessage(
        <>
          {t('templates.sent', { address: user.email ?? '' })}{' '}
          {can('view_mailmessage') && (
            <Link to="/mails/$pk" params={{ pk }} className="text-link">
              {t('templates.sentMail')}
            </Link>
          )}
        </>,
      ),
  });
  const opened = async (text: string): Promise<void> => {
    keepDraft(name, undefined);
    await client.invalidateQueries({ queryKey: ['templates'] });
    reopen(text);
  };
  const removed = async (): Promise<void> => {
    keepDraft(name, undefined);
    setDraft(saved);
    const left = await client.query({ ...templatesQuery, staleTime: 0 });
    await client.invalidateQueries({ queryKey: ['templates'] });
    if (left.some((template) => template.name === name)) reopen(t('templates.deleted'));
    else void navigate({ to: '/templates', ignoreBlocker: true });
  };
  const store = (): void => {
    if (mayWrite && (isDirty || isNew) && !saving.isPending) saving.mutate(draft);
  };
  const marks = useMemo(() => marksOf(preview, name, part), [preview, name, part]);
  const seen = useCallback((shown: Preview) => setPreview(shown), []);
  const error = saving.error ?? sending.error;
  return (
    <Page
      title={titleOf(source)}
      isWide
      above={<Back to="/templates">{t('templates.back')}</Back>}
      below={
        <p className="page-below">
          <code>{name}</code>
          <span className="place" data-place={isNew ? 'new' : place}>
            {t(isNew ? 'templates.place.new' : `templates.place.${place}`)}
          </span>
          {using.length > 0 && (
            <span dir="auto">
              {t('templates.usedBy', { stages: using.map(({ name: label }) => label).join(', ') })}
            </span>
          )}
          {isDirty && <span className="unsaved">{t('templates.unsaved')}</span>}
        </p>
      }
      actions={
        <>
          {base.stored !== null && (
            <Button
              variant="default"
              leftSection={<Icon name="clock" />}
              aria-pressed={isComparing}
              onClick={() => setComparing(!isComparing)}
            >
              {t(isComparing ? 'templates.toEditor' : 'templates.versions')}
            </Button>
          )}
          {base.stored !== null && can('delete_mailtemplate') && (
            <Confirmed
              label={t('templates.delete')}
              icon={<Icon name="bin" />}
              question={t('templates.deleteAsk', { name: titleOf(source) })}
              text={t('templates.deleteText')}
              isDangerous
              act={() => remove(base.stored ?? '')}
              done={() => void removed()}
            />
          )}
          {can('change_mailtemplate') && (user.is_superuser || !isDirty) && user.email !== '' && (
            <Button
              variant="default"
              leftSection={<Icon name="senders" />}
              loading={sending.isPending}
              onClick={() => sending.mutate()}
            >
              {t('templates.send')}
            </Button>
          )}
          {mayWrite && (
            <Button loading={saving.isPending} disabled={!isDirty && !isNew} onClick={store}>
              {t('templates.save')}
            </Button>
          )}
        </>
      }
    >
      {place === 'folder' && <Alert className="editor-note">{t('templates.inFolder')}</Alert>}
      {isRestored && isDirty && (
        <RestoredNote
          discard={() => {
            keepDraft(name, undefined);
            reopen('');
          }}
        />
      )}
      {error !== null && (
        <Alert color="red" className="editor-note" role="alert">
          {t('action.failed', { reason: error.message || t('state.unreachable') })}
        </Alert>
      )}
      <p className="editor-done" role="status">
        {message}
      </p>
      {isComparing && base.stored !== null ? (
        <Versions
          stored={base.stored}
          current={base.version ?? 0}
          source={draft}
          mayRestore={mayWrite}
          restored={() => void opened(t('templates.restoredVersion'))}
        />
      ) : (
        <>
          <div className="segments editor-panes" role="group" aria-label={t('templates.pane')}>
            {(['source', 'preview'] as const).map((each) => (
              <button key={each} type="button" aria-pressed={pane === each} onClick={() => setPane(each)}>
                {t(`templates.pane.${each}`)}
              </button>
            ))}
          </div>
          <div className="editor" data-pane={pane}>
            <section className="source" aria-label={t('templates.pane.source')}>
              <div className="preview-bar">
                <div className="segments" role="group" aria-label={t('templates.part')}>
                  {parts.map((each) => (
                    <button key={each} type="button" aria-pressed={part === each} onClick={() => setPart(each)}>
                      {t(`templates.part.${each}`)}
                    </button>
                  ))}
                </div>
                <span className="row-soft editor-hint">
                  {t(part === 'text' ? 'templates.textHint' : 'templates.hint')}
                </span>
              </div>
              <CodeEditor
                key={part}
                label={t(`templates.part.${part}`)}
                isHtml={part === 'html'}
                start={draft[part]}
                isReadOnly={!mayWrite}
                marks={marks}
                change={(text) => change({ [part]: text })}
                save={store}
              />
              {preview?.problem === null && <Findings findings={preview.findings} />}
            </section>
            <PreviewPane
              name={name}
              source={draft}
              view={view}
              change={(changed) => setView({ ...view, ...changed })}
              stage={stage}
              stages={stages}
              seen={seen}
            />
          </div>
        </>
      )}
      <LeaveGuard isChanged={isDirty} kept={t('templates.leaveText')} />
    </Page>
  );
}

async function remove(stored: string): Promise<void> {
  const params = { path: { template_uuid: stored } };
  const { error, response } = await api.DELETE('/mail/templates/{template_uuid}/', { params });
  if (!response.ok) await contentOf(Promise.resolve({ error, response }));
}

/** Returns what to mark in a part: the error of the preview, and what it found in the HTML. */
function marksOf(preview: Preview | undefined, name: string, part: keyof Source): Mark[] {
  if (preview === undefined) return [];
  const { problem, findings } = preview;
  const file = part === 'html' ? name : name.replace(/html$/, 'txt');
  if (problem !== null) {
    const isHere = problem.template === file && problem.line !== null;
    return isHere ? [{ ...problem, line: problem.line, severity: 'error' }] : [];
  }
  return findings.flatMap((finding) => {
    if (part !== 'html' || finding.line === null) return [];
    const severity = finding.severity === 'warning' ? 'warning' : 'info';
    return [{ severity, message: wordsOf(finding), line: finding.line } as const];
  });
}
