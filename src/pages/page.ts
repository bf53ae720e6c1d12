/** A page before it is rendered. */
export interface Page {
  /** Name of the template below `templates/`. */
  readonly template: string;
  /** The heading, and the title of the document. */
  readonly title: string;
  readonly status: number;
  /** One of the flow's layouts; `stacked` if there is none. */
  readonly layout?: string | undefined;
  /** URL of the background image; undefined for the default background. */
  readonly background?: string | undefined;
  /** The page loads no script, as a flow in compatibility mode requests. */
  readonly isScriptless?: boolean;
  /** Further values of the template, by the names in `declaredNames`. */
  readonly values: Readonly<Partial<Record<ValueName, unknown>>>;
}

/** A link to another page. */
export interface PageLink {
  readonly href: string;
  readonly label: string;
}

/** Values that templates may read; each template uses some of them. */
const valueNames = [
  'action',
  'address',
  'additional_permissions',
  'can_correct',
  'code_href',
  'code_time',
  'confirmed',
  'csrf',
  'enroll_url',
  'entries',
  'entry_links',
  'error',
  'errors',
  'eyebrow',
  'field',
  'fields',
  'header_text',
  'heading',
  'here_href',
  'icon',
  'is_for_account',
  'is_limited',
  'kind',
  'link_time',
  'messages',
  'mood',
  'multipart',
  'name',
  'not_me_url',
  'passwordless_url',
  'permissions',
  'person',
  'poll',
  'reasons',
  'recovery_url',
  'refresh',
  'request_id',
  'seconds',
  'sources',
  'state',
  'step',
  'token',
  'tools',
  'traceback',
  'username',
  'waiting_href',
  'webmail',
  'when',
  'links',
  'wrong',
] as const;
type ValueName = (typeof valueNames)[number];

/** Values that every template may read. */
const commonNames = [
  'assets',
  'background',
  'brand',
  'direction',
  'language',
  'languages',
  'layout',
  'locale',
  'title',
] as const;

/** All value names; a template that reads another one is reported. */
export const declaredNames: ReadonlySet<string> = new Set<string>([...commonNames, ...valueNames]);
