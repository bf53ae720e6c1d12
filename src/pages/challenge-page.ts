import type { FullChallenge, ResponseErrors } from '../flow-execution/executor-answer.js';
import { message, type MessageCode } from '../rest/messages/messages.js';
import { type Field, type FormState, showForm } from './fields.js';
import type { FlowAddress } from './flow-address.js';
import type { Page, Way } from './page.js';
import { promptField, type StagePrompt } from './prompt-fields.js';
import { refusedLink } from './refused-links.js';
import type { Wording } from './wording.js';

/** Where and how a challenge is shown. */
export interface Place {
  readonly address: FlowAddress;
  /** Proves, when a form comes back, that this page made it. */
  readonly csrf: string;
  /** Names the stage and the run that the form is for. */
  readonly step: string;
  /** The flow's `compatibility_mode`. */
  readonly isScriptless: boolean;
  readonly typed: FormState['typed'];
  /** Who it is about, where the challenge does not say: password managers want to know whose password they keep. */
  readonly username: string;
  /** The page at which the owner of the address says that they did not sign up, where that can be said. */
  readonly notMe: string | undefined;
  /** Path of the page to sign in at, if there is one for this visitor. */
  readonly signIn: string | undefined;
}

/** What a page has besides what all pages of flows have. */
type Content = Pick<Page, 'template' | 'values'> & Partial<Pick<Page, 'title' | 'status'>>;

/** Another service to sign in with. */
interface Source {
  readonly name: string;
  readonly challenge: { readonly to?: unknown };
}

/** What one kind of challenge becomes. */
type Show = (challenge: FullChallenge, place: Place, wording: Wording) => Content;

/** Seconds after which a waiting page without a script is loaded anew. */
const refreshAfter = 20;

/** The page that comes with the service's own background; it has a ground of its own instead. */
const defaultBackground = '/static/dist/assets/images/flow_background.jpg';

const shows: Readonly<Record<string, Show>> = {
  'ak-stage-access-denied': showDenied,
  'ak-stage-consent': showConsent,
  'ak-stage-dummy': ({ name }) => ({ template: 'dummy.html', values: { name } }),
  'ak-stage-email': showEmail,
  'ak-stage-flow-error': showError,
  'ak-stage-identification': showIdentification,
  'ak-stage-password': showPassword,
  'ak-stage-prompt': showPrompt,
  'ak-stage-user-login': (challenge) => ({ template: 'user-login.html', values: { person: personOf(challenge) } }),
};

/** The page of a challenge. */
export function challengePage(challenge: FullChallenge, place: Place, wording: Wording): Page {
  const { flow_info: info, messages = [] } = challenge;
  const show = Object.hasOwn(shows, challenge.component) ? shows[challenge.component] : undefined;
  const { template, values, title, status = 200 } = (show ?? showUnsupported)(challenge, place, wording);
  const background = info?.background;
  return {
    template,
    status,
    title: title ?? wording.written(info?.title ?? ''),
    layout: info?.layout,
    background: background === defaultBackground ? undefined : background,
    isScriptless: place.isScriptless,
    values: {
      csrf: place.csrf,
      step: place.step,
      not_me_url: place.notMe,
      messages: messages.map(({ level, message }) => ({ level, text: wording.of(message) })),
      ...showForm([], { errors: challenge.response_errors ?? {}, typed: {} }, wording),
      ...values,
    },
  };
}

function showIdentification(challenge: FullChallenge, place: Place, wording: Wording): Content {
  const userFields = listOf(challenge['user_fields']) as string[];
  const identifier: Field = {
    name: 'uid_field',
    control: userFields.join() === 'email' ? 'email' : 'text',
    label: wording.either(userFields.map((field) => labelOf(field, wording))),
    autocomplete: 'username',
    inputmode: userFields.includes('username') ? 'text' : 'email',
    verbatim: true,
    required: true,
  };
  const fields = [
    ...(userFields.length > 0 ? [identifier] : []),
    ...(challenge['password_fields'] === true ? [passwordField(challenge, wording)] : []),
  ];
  return {
    template: 'identification.html',
    values: {
      ...formOf(fields, challenge, place, wording),
      action: wording.of(challenge.primary_action ?? message('continue')),
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

function showPrompt(challenge: FullChallenge, place: Place, wording: Wording): Content {
  const prompts = listOf(challenge['fields']) as StagePrompt[];
  const asksForSecret = prompts.some(({ type }) => type === 'password');
  const asksForName = prompts.some(({ type }) => type === 'username');
  const fields = prompts.map((prompt) => promptField(prompt, wording));
  return {
    template: 'prompt.html',
    values: {
      ...formOf(fields, challenge, place, wording),
      username: asksForSecret && !asksForName ? place.username : '',
    },
  };
}

function showPassword(challenge: FullChallenge, place: Place, wording: Wording): Content {
  return {
    template: 'password.html',
    values: {
      ...formOf([passwordField(challenge, wording)], challenge, place, wording),
      person: personOf(challenge),
      recovery_url: challenge['recovery_url'],
    },
  };
}

function showConsent(challenge: FullChallenge, _: Place, wording: Wording): Content {
  return {
    template: 'consent.html',
    values: {
      header_text: challenge.header_text && wording.of(challenge.header_text),
      permissions: challenge['permissions'],
      additional_permissions: challenge['additional_permissions'],
      token: challenge['token'],
      person: personOf(challenge),
    },
  };
}

/** The wire has to call a mail that was sent an error; people are told in a message. */
function showEmail(challenge: FullChallenge, place: Place, wording: Wording): Content {
  const errors = withoutCodes(challenge.response_errors ?? {}, ['mailResent', 'confirmedElsewhere']);
  const code: Field = {
    name: 'code',
    control: 'text',
    label: wording.say('code'),
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    look: 'code',
    verbatim: true,
    required: true,
  };
  const isTyping = place.address.isForTyping || Object.keys(errors).length > 0;
  return {
    template: 'email.html',
    values: {
      ...formOf([code], { ...challenge, response_errors: errors }, place, wording),
      confirmed: challenge['confirmed'] === true ? wording.of(message('confirmedElsewhere')) : '',
      poll: place.isScriptless ? undefined : place.address.executor(),
      refresh: isTyping ? undefined : refreshAfter,
      code_href: place.address.forTyping(),
      link_time: wording.duration(challenge['link_minutes']),
      code_time: wording.duration(challenge['code_minutes']),
    },
  };
}

function showDenied(challenge: FullChallenge, place: Place, wording: Wording): Content {
  const reason = challenge.error_message ?? message('runBroken');
  const link = refusedLink(reason);
  const again: Way = { href: place.address.clean(), label: wording.say('again') };
  const home: Way = { href: '/', label: wording.say('home') };
  const signIn: Way[] = place.signIn === undefined ? [] : [{ href: place.signIn, label: wording.say('signIn') }];
  const anew: Way[] = link?.again === undefined ? [] : [{ href: link.again, label: wording.say('newLink') }];
  return {
    template: 'access-denied.html',
    values: {
      heading: wording.say(link?.title ?? 'denied'),
      reasons: wording.of(reason).split('\n'),
      person: personOf(challenge),
      ways: link === undefined ? [again, home] : [...(link.isDone ? signIn : []), ...anew, home],
    },
  };
}

function showError(challenge: FullChallenge, place: Place, wording: Wording): Content {
  return {
    template: 'problem.html',
    title: wording.say('failed'),
    status: 500,
    values: {
      kind: 'stop',
      mood: 'bad',
      reasons: [wording.say('failedWhy')],
      request_id: challenge['request_id'],
      error: challenge['error'],
      traceback: challenge['traceback'],
      ways: [{ href: place.address.clean(), label: wording.say('retry') }],
    },
  };
}

function showUnsupported(_challenge: FullChallenge, _place: Place, wording: Wording): Content {
  return {
    template: 'problem.html',
    title: wording.say('unsupported'),
    values: {
      kind: 'stop',
      mood: 'bad',
      reasons: [wording.say('unsupportedWhy')],
      ways: [{ href: '/', label: wording.say('home') }],
    },
  };
}

function formOf(fields: readonly Field[], challenge: FullChallenge, { typed }: Place, wording: Wording): object {
  return showForm(fields, { errors: challenge.response_errors ?? {}, typed }, wording);
}

function passwordField(challenge: FullChallenge, wording: Wording): Field {
  return {
    name: 'password',
    control: 'password',
    label: wording.say('password'),
    autocomplete: 'current-password',
    verbatim: true,
    required: true,
    reveal: challenge['allow_show_password'] === true,
  };
}

function labelOf(userField: string, wording: Wording): string {
  return userField === 'email' || userField === 'username' || userField === 'upn' ? wording.say(userField) : userField;
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
