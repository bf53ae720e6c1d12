/** A page that is to be shown, before it is HTML. */
export interface Page {
  /** Name of the template below `templates/`. */
  readonly template: string;
  /** The heading, and the title of the document. */
  readonly title: string;
  readonly status: number;
  /** One of the flow's layouts; `stacked` if there is none. */
  readonly layout?: string | undefined;
  /** Address of the picture behind the page; none for the plain ground. */
  readonly background?: string | undefined;
  /** The page goes without our script: what a flow in compatibility mode asks for. */
  readonly isScriptless?: boolean;
  /** What the template shows besides, by the names in `declaredNames`. */
  readonly values: Readonly<Partial<Record<ValueName, unknown>>>;
}

/** A link that leads on. */
export interface Way {
  readonly href: string;
  readonly label: string;
}

/** What templates may read of a page; each template uses some of them. */
const valueNames = [
  'action',
  'additional_permissions',
  'code_href',
  'code_time',
  'confirmed',
  'csrf',
  'enroll_url',
  'error',
  'errors',
  'eyebrow',
  'field',
  'fields',
  'header_text',
  'heading',
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
  'sources',
  'state',
  'step',
  'token',
  'traceback',
  'username',
  'ways',
  'wrong',
] as const;
type ValueName = (typeof valueNames)[number];

/** What every template may read. */
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

/** Names of the values that there may be; a template that reads another one has made a mistake. */
export const declaredNames: ReadonlySet<string> = new Set<string>([...commonNames, ...valueNames]);
