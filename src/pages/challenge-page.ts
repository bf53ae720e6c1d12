import type { FullChallenge } from '../flow-execution/executor-outcome.js';
import { message } from '../rest/messages/messages.js';
import { renderConsent } from './consent-page.js';
import { renderEmail, shownMessages } from './email-page.js';
import { type Field, formView } from './fields.js';
import { type Content, type EntryFlow, formOf, listOf, type PageContext, personOf, textOf } from './page-context.js';
import type { Page, PageLink } from './page.js';
import { promptErrors, promptField, type StagePrompt } from './prompt-fields.js';
import { refusedLink } from './refused-links.js';
import type { Wording } from './wording.js';

/** Another service to sign in with. */
interface Source {
  readonly name: string;
  readonly challenge: { readonly to?: unknown };
}

/** Renders one kind of challenge. */
type Renderer = (challenge: FullChallenge, context: PageContext, wording: Wording) => Content;

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
  const { flow_info: info } = challenge;
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
        ...shownMessages(challenge, context).map(({ level, message }) => ({ level, text: wording.message(message) })),
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

function renderDenied(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const reason = challenge.error_message ?? message('runBroken');
  const link = refusedLink(reason);
  const isDeclined = 'code' in reason && reason.code === 'consentDeclined';
  const again: PageLink = { href: context.address.withoutLink(), label: wording.text('again') };
  const home: PageLink = { href: '/', label: wording.text('home') };
  const signIn: PageLink[] =
    context.signIn === undefined
      ? []
      : [{ href: context.address.otherFlow(context.signIn), label: wording.text('signIn') }];
  const application: PageLink[] =
    context.address.application === undefined
      ? []
      : [{ href: context.address.application, label: wording.text('application') }];
  const newLink: PageLink[] =
    link?.newLinkPath === undefined
      ? []
      : [{ href: context.address.otherFlow(link.newLinkPath), label: wording.text('newLink') }];
  return {
    template: 'access-denied.html',
    values: {
      heading: wording.text(link?.title ?? (isDeclined ? 'declined' : 'denied')),
      reasons: wording.message(reason).split('\n'),
      person: personOf(challenge),
      links:
        link === undefined
          ? [...(isDeclined ? application : []), again, home]
          : [...(link.isConfirmed ? signIn : []), ...newLink, home],
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
