import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Icon } from './icon';

/** A link above a page's title to the list that the page belongs to. */
export function Back({
  children,
  ...link
}: Pick<LinkProps, 'params' | 'to'> & { readonly children: ReactNode }): ReactNode {
  return (
    <Link {...link} className="back">
      <Icon name="back" size={14} />
      {children}
    </Link>
  );
}
