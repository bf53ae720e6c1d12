import { NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';

import type { Schema } from '../api/client';
import { Facts } from '../parts/facts';
import { Icon } from '../parts/icon';
import { MailFrame } from '../parts/mail-frame';
import { Loaded } from '../parts/states';
import { counted, currentFormats, t } from '../texts/texts';
import { languageName, mailLanguages } from './languages';
import { previewQuery, type Source } from './queries';

type Preview = Schema<'MailTemplatePreview'>;

/** How a preview is looked at. */
const looks = ['desktop', 'phone', 'text', 'headers'] as const;
type Look = (typeof looks)[number];

/** What the visitor looks at. */
export interface View {
  readonly look: Look;
  readonly isDark: boolean;
  readonly locale: string;
  /** Key of the stage; undefined for the first one that uses the template, empty for the default sender. */
  readonly stage: string | undefined;
}

interface PreviewPaneProps {
  readonly name: string;
  readonly source: Source;
  readonly view: View;
  readonly change: (view: Partial<View>) => void;
  /** The stage that it is sent from; empty for the default sender. */
  readonly stage: string;
  /** The stages whose sender and subject can be used. */
  readonly stages: readonly Schema<'EmailStage'>[];
  /** Receives each preview. */
  readonly seen: (preview: Preview) => void;
}

/** The mail that the source makes, as it is typed. */
export function PreviewPane({ name, source, view, change, stage, stages, seen }: PreviewPaneProps): ReactNode {
  const [settled] = useDebouncedValue(source, 400);
  const { look, isDark, locale } = view;
  const request = { name, ...settled, locale, ...(stage !== '' && { stage }) };
  const preview = useQuery(previewQuery(request));
  const { data } = preview;
  useEffect(() => {
    if (data !== undefined) seen(data);
  }, [data, seen]);
  return (
    <section className="preview" aria-label={t('templates.preview')}>
      <div className="preview-bar">
        <div className="segments" role="group" aria-label={t('templates.look')}>
          {looks.map((each) => (
            <button key={each} type="button" aria-pressed={look === each} onClick={() => change({ look: each })}>
              {t(`templates.look.${each}`)}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="toggle"
          aria-pressed={isDark}
          onClick={() => change({ isDark: !isDark })}
          disabled={look === 'text' || look === 'headers'}
        >
          {t('templates.dark')}
        </button>
        <NativeSelect
          size="xs"
          className="preview-select"
          aria-label={t('templates.language')}
          value={locale}
          onChange={({ currentTarget }) => change({ locale: currentTarget.value })}
          data={mailLanguages.map((value) => ({ value, label: languageName(value) }))}
        />
        {stages.length > 0 && (
          <NativeSelect
            size="xs"
            className="preview-select"
            aria-label={t('templates.sender')}
            value={stage}
            onChange={({ currentTarget }) => change({ stage: currentTarget.value })}
            data={[
              { value: '', label: t('templates.noStage') },
              ...stages.map(({ pk, name: label }) => ({ value: pk, label })),
            ]}
          />
        )}
      </div>
      <Loaded query={preview} lines={8}>
        {(shown) => <Shown preview={shown} view={view} />}
      </Loaded>
    </section>
  );
}

function Shown({ preview, view: { look, isDark } }: { readonly preview: Preview; readonly view: View }): ReactNode {
  const { problem, subject, html, text, images, headers, size, html_size: htmlSize } = preview;
  if (problem !== null) {
    return (
      <div className="preview-problem" role="alert">
        <Icon name="alert" size={20} />
        <p className="preview-problem-title">{t('templates.problem')}</p>
        <p className="wraps">
          {problem.line !== null &&
            `${t('templates.at', { template: problem.template, line: problem.line, column: problem.column ?? 1 })} `}
          {problem.message}
        </p>
      </div>
    );
  }
  return (
    <>
      <p className="preview-subject">
        <span className="row-soft">{t('templates.subject')}</span> <span dir="auto">{subject}</span>
      </p>
      {(look === 'desktop' || look === 'phone') && (
        <div className="preview-ground" data-dark={isDark}>
          <div className="device" data-look={look}>
            <MailFrame title={t('templates.mail')} html={html} isDark={isDark} images={images} />
          </div>
        </div>
      )}
      {look === 'text' && (
        <pre className="preview-text" tabIndex={0} aria-label={t('templates.look.text')}>
          {text}
        </pre>
      )}
      {look === 'headers' && (
        <div className="preview-headers" role="group" aria-label={t('templates.look.headers')} tabIndex={0}>
          <Facts
            facts={[
              ...headers.map(({ name, value }) => [name, value] as const),
              [t('templates.size'), kilobytes(size)],
              [t('templates.htmlSize'), kilobytes(htmlSize)],
            ]}
          />
        </div>
      )}
    </>
  );
}

/** What may be wrong with a template. */
export function Findings({ findings }: { readonly findings: readonly Schema<'MailTemplateFinding'>[] }): ReactNode {
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return (
    <details className="lint" open={findings.length > 0}>
      <summary>
        <span className="state" data-state={warnings > 0 ? 'warning' : 'good'}>
          {warnings > 0 ? counted('templates.warnings', warnings) : t('templates.noWarnings')}
        </span>
        {findings.length > warnings && (
          <span className="row-soft">{counted('templates.hints', findings.length - warnings)}</span>
        )}
      </summary>
      <ul>
        {findings.map((finding, index) => (
          <li key={index} data-severity={finding.severity}>
            <span className="row-soft">{finding.line === null ? '' : t('templates.line', { line: finding.line })}</span>
            <span>{wordsOf(finding)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Returns a finding in the language of the console. */
export function wordsOf({ code, message, feature, programs }: Schema<'MailTemplateFinding'>): string {
  if (code === 'warning') return message;
  return t(`templates.lint.${code}`, { feature, programs: new Intl.ListFormat(currentFormats()).format(programs) });
}

function kilobytes(bytes: number): string {
  const format = new Intl.NumberFormat(currentFormats(), { maximumFractionDigits: 1 });
  return `${format.format(bytes / 1024)} kB`;
}
