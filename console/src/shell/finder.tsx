import { useHotkeys } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense, useState } from 'react';

import { Icon } from '../parts/icon';
import { t } from '../texts/texts';

/** Loaded when it is opened for the first time. */
const FinderWindow = lazy(() => import('./finder-window').then(({ FinderWindow: Window }) => ({ default: Window })));

/** A button that finds screens and what is in them; also by Ctrl-K. */
export function Finder(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  const open = (): void => {
    setLoaded(true);
    setOpen(true);
  };
  // In text fields too, except for the window's own, which closes by it.
  useHotkeys([['mod+K', open]], []);
  return (
    <>
      <button type="button" className="finder-button" onClick={open} aria-keyshortcuts="Control+K Meta+K">
        <Icon name="search" />
        {t('finder.find')}
        <kbd aria-hidden="true">{t('finder.keys')}</kbd>
      </button>
      {isLoaded && (
        <Suspense>
          <FinderWindow isOpen={isOpen} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
