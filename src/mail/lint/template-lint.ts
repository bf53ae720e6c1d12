import type { TemplateContent } from '../rendering/draft.js';
import type { RenderedMail } from '../rendering/mail-renderer.js';
import { unsupportedIn } from './program-support.js';

/** What a finding is about, which a client can translate. */
export const lintCodes = [
  'no_text_part',
  'no_link',
  'no_link_in_text',
  'no_code',
  'clipped',
  'no_alt',
  'unsupported',
  'unchecked',
  'warning',
] as const;
export type LintCode = (typeof lintCodes)[number];

export const lintSeverities = ['warning', 'hint'] as const;

/** Something that the author of a template may want to change. */
interface Finding {
  readonly code: LintCode;
  readonly severity: (typeof lintSeverities)[number];
  /** In English. */
  readonly message: string;
  /** The feature that is not supported. */
  readonly feature: string;
  /** The mail programs that do not support it. */
  readonly programs: readonly string[];
  /** Line of the HTML source, from 1; null if the finding has no place. */
  readonly line: number | null;
}

/** A rendered template to check. */
interface Checked {
  readonly source: TemplateContent;
  readonly mail: RenderedMail;
  /** The link and the code of the examples. */
  readonly url: string;
  readonly code: string;
  /** Whether its reader has to follow the link or to enter the code. */
  readonly needsLink: boolean;
}

/** Bytes of HTML after which Gmail hides the rest of a mail. */
const clippedAfter = 102 * 1024;

/** Returns what may be wrong with a template that can be rendered, warnings first. */
export async function lint(checked: Checked): Promise<Finding[]> {
  const found = [...contentFindings(checked), ...imageFindings(checked), ...(await supportFindings(checked))];
  const warnings = checked.mail.warnings.map((message) => finding('warning', 'warning', message));
  return [...warnings, ...found].sort((a, b) => rank(a) - rank(b));
}

function contentFindings({ source, mail, url, code, needsLink }: Checked): Finding[] {
  const has = (text: string, value: string): boolean => text.includes(value);
  const found: Finding[] = [];
  if (needsLink && !has(mail.html, url) && !has(mail.html, code)) {
    found.push(finding('no_link', 'warning', 'The mail has neither the link nor the code.'));
  } else if (needsLink && !has(mail.text, url) && !has(mail.text, code)) {
    found.push(finding('no_link_in_text', 'warning', 'The text part has neither the link nor the code.'));
  }
  if (needsLink && has(mail.html, url) && !has(mail.html, code)) {
    found.push(finding('no_code', 'hint', 'The mail has no code, so that its link must be opened.'));
  }
  if (source.text === '') {
    found.push(finding('no_text_part', 'hint', 'There is no text part of its own: it is made from the HTML.'));
  }
  const bytes = Buffer.byteLength(mail.html);
  if (bytes > clippedAfter) {
    found.push(finding('clipped', 'warning', `The HTML has ${bytes} bytes: Gmail hides what comes after 102 kB.`));
  }
  return found;
}

/** Finds the images without a text, in the source if they are there. */
function imageFindings({ source, mail }: Checked): Finding[] {
  const message = 'An image has no alt text, which readers see in its place.';
  const inSource = imagesIn(source.html).filter(({ image }) => !hasAlt(image));
  if (inSource.length > 0) {
    return inSource
      .slice(0, 20)
      .map(({ index }) => ({ ...finding('no_alt', 'warning', message), line: lineAt(source.html, index) }));
  }
  const isRendered = imagesIn(mail.html).some(({ image }) => !hasAlt(image));
  return isRendered ? [finding('no_alt', 'warning', message)] : [];
}

/** Returns the image elements. An expression would read the rest again after each element that has no end. */
function imagesIn(html: string): { image: string; index: number }[] {
  const found = [];
  const starts = /<img\b/gi;
  for (let start = starts.exec(html); start !== null; start = starts.exec(html)) {
    const end = endOfElement(html, start.index);
    if (end === undefined) break;
    found.push({ image: html.slice(start.index, end), index: start.index });
    starts.lastIndex = end;
  }
  return found;
}

/** Returns where the element that starts at `index` ends; undefined if it does not end. */
function endOfElement(html: string, index: number): number | undefined {
  let quote = '';
  for (let at = index; at < html.length; at += 1) {
    const character = html.charAt(at);
    if (quote === '' && character === '>') return at + 1;
    if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  return undefined;
}

async function supportFindings({ source, mail }: Checked): Promise<Finding[]> {
  const unsupported = await unsupportedIn(mail.html);
  if (unsupported === undefined) {
    return [finding('unchecked', 'hint', 'The HTML is too long to check which mail programs support it.')];
  }
  return unsupported.slice(0, 50).map(({ feature, programs }) => {
    const index = placeOf(feature, source.html);
    return {
      ...finding('unsupported', 'warning', `${feature} is not supported by ${programs.join(', ')}.`),
      feature,
      programs,
      line: index < 0 ? null : lineAt(source.html, index),
    };
  });
}

/** Returns where a feature, such as `display:flex` or `<video> element`, is in the source; -1 if it is not there. */
function placeOf(feature: string, html: string): number {
  const name = feature.replace(/ (element|attribute|keyword)$/, '').replace(/>$/, '');
  const pattern = name
    .split(':')
    .map((part) => part.replace(/[^\w]/g, '\\$&'))
    .join('\\s*:\\s*');
  return html.search(new RegExp(pattern, 'i'));
}

function hasAlt(image: string): boolean {
  return /\salt\s*=/i.test(image);
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}

function finding(code: LintCode, severity: Finding['severity'], message: string): Finding {
  return { code, severity, message, feature: '', programs: [], line: null };
}

function rank({ severity }: Finding): number {
  return severity === 'warning' ? 0 : 1;
}
