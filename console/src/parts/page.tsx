import { type ReactNode, useEffect, useRef } from 'react';

import { t } from '../texts/texts';

interface PageProps {
  readonly title: string;
  /** Stands above the title. */
  readonly above?: ReactNode;
  /** Stands below the title. */
  readonly below?: ReactNode;
  /** Buttons at the end of the title. */
  readonly actions?: ReactNode;
  /** It takes the whole width of the window. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** The first page after loading keeps the focus where the browser has it. */
let isFirst = true;

/** A page with its title, which has the focus after the visitor has followed a link. */
export function Page({ title, above, below, actions, isWide = false, children }: PageProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('console')}`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <div className={isWide ? 'page page-wide' : 'page'}>
      {above}
      <header className="page-head">
        <div className="page-title">
          <h1 ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h1>
          {below}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a title. */
export function Panel({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
