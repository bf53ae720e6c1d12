import type { FullChallenge, ResponseErrors } from '../flow-execution/executor-outcome.js';
import { message, type MessageCode } from '../rest/messages/messages.js';
import { type Field, type FormState, formView } from './fields.js';
import type { FlowAddress } from './flow-address.js';
import type { Page, PageLink } from './page.js';
import { promptErrors, promptField, type StagePrompt } from './prompt-fields.js';
import { refusedLink } from './refused-links.js';
import type { Wording } from './wording.js';

/** The page of another flow that begins with a visitor who is not signed in. */
export interface EntryFlow {
  readonly designation: 'authentication' | 'enrollment' | 'recovery';
  readonly path: string;
}

/** The context in which a challenge is rendered. */
export interface PageContext {
  readonly address: FlowAddress;
  /** CSRF token of the session. */
  readonly csrf: string;
  /** Identifies the stage and the run that the form answers. */
  readonly step: string;
  /** The flow's `compatibility_mode`. */
  readonly isScriptless: boolean;
  readonly typed: FormState['typed'];
  /** The username, where the challenge has none: password managers store the password under it. */
  readonly username: string;
  /** What a waiting page waits for; undefined if no mail was sent. */
  readonly wait: string | undefined;
  /** Address of the "This was not me" page; undefined if the stage has none. */
  readonly notMe: string | undefined;
  /** Path of the sign-in page; undefined if there is none for this visitor. */
  readonly signIn: string | undefined;
  /** Other flows that the page links to. */
  readonly entryFlows: readonly EntryFlow[];
}

/** The parts of a page that depend on the kind of challenge. */
type Content = Pick<Page, 'template' | 'values'> & Partial<Pick<Page, 'title' | 'status'>>;

/** Another service to sign in with. */
interface Source {
  readonly name: string;
  readonly challenge: { readonly to?: unknown };
}

/** Renders one kind of challenge. */
type Renderer = (challenge: FullChallenge, context: PageContext, wording: Wording) => Content;

/** Seconds after which a waiting page without a script reloads. */
const refreshSeconds = 20;

/** The default background of authentik. Pages replace it by their own. */
const defaultBackground = '/static/dist/assets/images/flow_background.jpg';

const renderers: Readonly<Record<string, Renderer>> = {
  'ak-stage-access-denied': renderDenied,
  'ak-stage-consent': renderConsent,
  'ak-stage-dummy': ({ name }) => ({ template: 'dummy.html', values: { name } }),
  'ak-stage-email': renderEmail,
  'ak-stage-flow-error': renderError,
  'ak-stage-identification': renderIdentification,
  'ak-stage-password': renderPassword,
  'ak-stage-prompt': renderPrompt,
  'ak-stage-user-login': (challenge) => ({ template: 'user-login.html', values: { person: personOf(challenge) } }),
};

/** Returns the page of a challenge. */
export function challengePage(challenge: FullChallenge, context: PageContext, wording: Wording): Page {
  const { flow_info: info, messages = [] } = challenge;
  const render = Object.hasOwn(renderers, challenge.component) ? renderers[challenge.component] : undefined;
  const { template, values, title, status = 200 } = (render ?? renderUnsupported)(challenge, context, wording);
  const background = info?.background;
  return {
    template,
    status,
    title: title ?? wording.written(info?.title ?? ''),
    layout: info?.layout,
    background: background === defaultBackground ? undefined : background,
    isScriptless: context.isScriptless,
    values: {
      csrf: context.csrf,
      step: context.step,
      not_me_url: context.notMe,
      messages: [
        ...(context.address.isNextRefused ? [{ level: 'warning', text: wording.text('nextRefused') }] : []),
        ...messages.map(({ level, message }) => ({ level, text: wording.message(message) })),
      ],
      entry_links: context.entryFlows.flatMap((flow) => entryLink(flow, challenge, context, wording)),
      ...formView([], { errors: challenge.response_errors ?? {}, typed: {} }, wording),
      ...values,
    },
  };
}

function renderIdentification(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const userFields = listOf(challenge['user_fields']) as string[];
  const identifier: Field = {
    name: 'uid_field',
    control: userFields.join() === 'email' ? 'email' : 'text',
    label: wording.alternatives(userFields.map((field) => labelOf(field, wording))),
    autocomplete: 'username',
    inputmode: userFields.includes('username') ? 'text' : 'email',
    verbatim: true,
    required: true,
  };
  const fields = [
    ...(userFields.length > 0 ? [identifier] : []),
    ...(challenge['password_fields'] === true ? [passwordField(wording)] : []),
  ];
  return {
    template: 'identification.html',
    values: {
      ...formOf(fields, challenge, context, wording),
      action: wording.message(challenge.primary_action ?? message('continue')),
      enroll_url: challenge['enroll_url'],
      recovery_url: challenge['recovery_url'],
      passwordless_url: challenge['passwordless_url'],
      sources: (listOf(challenge['sources']) as Source[]).map(({ name, challenge: { to } }) => ({
        name,
        href: textOf(to),
      })),
    },
  };
}

/** Labels of the links to other flows. */
const entryLabels = { authentication: 'haveAccount', enrollment: 'enroll', recovery: 'recover' } as const;

/** Returns the link to another flow, unless the stage has one of its own. */
function entryLink(
  { designation, path }: EntryFlow,
  challenge: FullChallenge,
  { address }: PageContext,
  wording: Wording,
): PageLink[] {
  const own = { authentication: undefined, enrollment: challenge['enroll_url'], recovery: challenge['recovery_url'] };
  if (own[designation] !== undefined) return [];
  return [{ href: address.otherFlow(path), label: wording.text(entryLabels[designation]) }];
}

function renderPrompt(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const prompts = listOf(challenge['fields']) as StagePrompt[];
  const asksForSecret = prompts.some(({ type }) => type === 'password');
  const asksForName = prompts.some(({ type }) => type === 'username');
  const fields = prompts.map((prompt) => promptField(prompt, wording));
  const errors = promptErrors(challenge.response_errors ?? {}, prompts);
  return {
    template: 'prompt.html',
    values: {
      ...formOf(fields, { ...challenge, response_errors: errors }, context, wording),
      username: asksForSecret && !asksForName ? context.username : '',
    },
  };
}

function renderPassword(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  return {
    template: 'password.html',
    values: {
      ...formOf([passwordField(wording)], challenge, context, wording),
      person: personOf(challenge),
      recovery_url: challenge['recovery_url'],
    },
  };
}

function renderConsent(challenge: FullChallenge, _: PageContext, wording: Wording): Content {
  return {
    template: 'consent.html',
    values: {
      header_text: challenge.header_text && wording.message(challenge.header_text),
      permissions: challenge['permissions'],
      additional_permissions: challenge['additional_permissions'],
      token: challenge['token'],
      person: personOf(challenge),
    },
  };
}

/** authentik's wire reports a resent email as an error. Pages show a message instead. */
function renderEmail(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const errors = withoutCodes(challenge.response_errors ?? {}, ['mailResent', 'confirmedElsewhere']);
  const code: Field = {
    name: 'code',
    control: 'code',
    label: wording.text('code'),
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    verbatim: true,
    required: true,
  };
  const isTyping = context.address.isCodeEntry || Object.keys(errors).length > 0;
  const { address, wait } = context;
  const waiting = wait === undefined ? address.current() : address.waiting(wait);
  const isConfirmed = challenge['confirmed'] === true;
  // Without an error the run continues in this browser, which may have closed the other tab.
  const continuesHere = isConfirmed && challenge.response_errors === undefined && context.step !== '';
  return {
    template: 'email.html',
    values: {
      ...formOf([code], { ...challenge, response_errors: errors }, context, wording),
      confirmed: isConfirmed ? wording.message(message('confirmedElsewhere')) : '',
      here_href: continuesHere ? address.withoutLink() : undefined,
      poll: context.isScriptless ? undefined : address.executorUrl(),
      refresh: isTyping ? undefined : refreshSeconds,
      waiting_href: waiting,
      code_href: address.codeEntry(),
      link_time: wording.duration(challenge['link_minutes']),
      code_time: wording.duration(challenge['code_minutes']),
    },
  };
}

function renderDenied(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const reason = challenge.error_message ?? message('runBroken');
  const link = refusedLink(reason);
  const again: PageLink = { href: context.address.withoutLink(), label: wording.text('again') };
  const home: PageLink = { href: '/', label: wording.text('home') };
  const signIn: PageLink[] =
    context.signIn === undefined
      ? []
      : [{ href: context.address.otherFlow(context.signIn), label: wording.text('signIn') }];
  const newLink: PageLink[] =
    link?.newLinkPath === undefined
      ? []
      : [{ href: context.address.otherFlow(link.newLinkPath), label: wording.text('newLink') }];
  return {
    template: 'access-denied.html',
    values: {
      heading: wording.text(link?.title ?? 'denied'),
      reasons: wording.message(reason).split('\n'),
      person: personOf(challenge),
      links: link === undefined ? [again, home] : [...(link.isConfirmed ? signIn : []), ...newLink, home],
    },
  };
}

function renderError(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  return {
    template: 'problem.html',
    title: wording.text('failed'),
    status: 500,
    values: {
      kind: 'stop',
      mood: 'bad',
      reasons: [wording.text('failedWhy')],
      request_id: challenge['request_id'],
      error: challenge['error'],
      traceback: challenge['traceback'],
      links: [{ href: context.address.withoutLink(), label: wording.text('retry') }],
    },
  };
}

function renderUnsupported(_challenge: FullChallenge, _place: PageContext, wording: Wording): Content {
  return {
    template: 'problem.html',
    title: wording.text('unsupported'),
    values: {
      kind: 'stop',
      mood: 'bad',
      reasons: [wording.text('unsupportedWhy')],
      links: [{ href: '/', label: wording.text('home') }],
    },
  };
}

function formOf(fields: readonly Field[], challenge: FullChallenge, { typed }: PageContext, wording: Wording): object {
  return formView(fields, { errors: challenge.response_errors ?? {}, typed }, wording);
}

function passwordField(wording: Wording): Field {
  return {
    name: 'password',
    control: 'password',
    label: wording.text('password'),
    autocomplete: 'current-password',
    verbatim: true,
    required: true,
  };
}

function labelOf(userField: string, wording: Wording): string {
  return userField === 'email' || userField === 'username' || userField === 'upn' ? wording.text(userField) : userField;
}

function personOf(challenge: FullChallenge): object {
  const { flow_info: info } = challenge;
  const [name, avatar] = [textOf(challenge['pending_user']), textOf(challenge['pending_user_avatar'])];
  return { name, avatar, leave: info?.cancel_url };
}

function withoutCodes(errors: ResponseErrors, codes: readonly MessageCode[]): ResponseErrors {
  const kept = Object.entries(errors).map(
    ([name, list]) => [name, list.filter((each) => !('code' in each && codes.includes(each.code)))] as const,
  );
  return Object.fromEntries(kept.filter(([, list]) => list.length > 0));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
