import { type ReactNode, useEffect, useRef, useState } from 'react';

interface MailFrameProps {
  /** What it shows, for screen readers. */
  readonly title: string;
  readonly html: string;
  /** As a mail program in dark mode. */
  readonly isDark: boolean;
  /** Images that are part of the mail. */
  readonly images?: readonly { readonly cid: string; readonly url: string }[];
}

/**
 * The HTML of a mail. It stands in a sandbox without scripts inside of `/console/frame`, whose policy allows the style
 * attributes of mails and nothing from elsewhere: a frame with the page's own policy would show mails without their styles.
 */
export function MailFrame({ title, html, isDark, images = [] }: MailFrameProps): ReactNode {
  const outer = useRef<HTMLIFrameElement>(null);
  const [isLoaded, setLoaded] = useState(false);
  useEffect(() => {
    const frame = isLoaded ? outer.current?.contentDocument : undefined;
    const inner = frame?.querySelector('iframe');
    if (frame === undefined || frame === null || inner === null || inner === undefined) return;
    inner.title = title;
    inner.srcdoc = inColours(withImages(html, images), isDark);
  }, [isLoaded, isDark, title, html, images]);
  return (
    <iframe
      ref={outer}
      title={title}
      src="/console/frame"
      className="mail-frame"
      data-dark={isDark}
      onLoad={() => setLoaded(true)}
    />
  );
}

/** Puts the images of a mail in the place of their references, since a page cannot show `cid:`. */
function withImages(html: string, images: NonNullable<MailFrameProps['images']>): string {
  return images.reduce((shown, { cid, url }) => shown.replaceAll(`cid:${cid}`, url), html);
}

/**
 * Decides for the mail what it asks of its reader's system: light or dark. A frame sees the choice of the system, which need
 * not be what the visitor wants to look at.
 */
function inColours(html: string, isDark: boolean): string {
  const shown = isDark ? 'dark' : 'light';
  return html
    .replaceAll(/prefers-color-scheme\s*:\s*(dark|light)/gi, (_, asked: string) =>
      asked.toLowerCase() === shown ? 'min-width: 0' : 'max-width: 0',
    )
    .replaceAll(/(color-schemes?(?:\s*:\s*|"\s+content="))light dark/gi, (_, start: string) => start + shown);
}
