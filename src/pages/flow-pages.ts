import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type IssuedSession, SessionCookies } from '../core/sessions/session-cookies.js';
import type { FullChallenge } from '../flow-execution/executor-answer.js';
import { type ExecutorRequest, type ExecutorResult, FlowExecutor } from '../flow-execution/flow-executor.js';
import { FlowPlanner } from '../flow-execution/flow-planner.js';
import type { Visit } from '../flow-execution/visit.js';
import { Flow } from '../flows/flow.entity.js';
import { NotMeLinks } from '../mail/not-me/not-me-links.service.js';
import { AppError } from '../rest/errors/app-error.js';
import { challengePage } from './challenge-page.js';
import { FlowAddress } from './flow-address.js';
import type { PageForm } from './page-form.js';
import { type LastResult, type Notes, PageNotes } from './page-notes.js';
import { PageRenderer } from './page-renderer.js';
import type { PageVisitor } from './page-visitors.js';
import type { Page } from './page.js';
import { noCookiesPage } from './problem-pages.js';
import { keepable } from './typed-values.js';
import { Wording } from './wording.js';

/** What a browser gets. A new session's cookies come with either. */
export type PageAnswer = { readonly session?: IssuedSession | undefined } & (
  | { readonly kind: 'page'; readonly page: Page }
  /** With 303: whatever was sent is not sent again. */
  | { readonly kind: 'redirect'; readonly to: string }
);

/** More stages in a row than any flow has that nobody is asked in. */
const longestChain = 100;

/** Characters of a link's token that are kept; a longer one is unknown anyway. */
const longestToken = 500;

/** Challenges that end a run: there is no plan any more that would tell the same a second time. */
const endings = ['ak-stage-access-denied', 'ak-stage-flow-error'];

/**
 * Shows flows as pages. It asks the executor as every client does; what scripts would remember between two requests
 * is in the visitor's session (`Notes`).
 */
@Injectable()
export class FlowPages {
  constructor(
    private readonly executor: FlowExecutor,
    private readonly notes: PageNotes,
    private readonly cookies: SessionCookies,
    private readonly renderer: PageRenderer,
    private readonly dataSource: DataSource,
    private readonly planner: FlowPlanner,
    private readonly notMe: NotMeLinks,
  ) {}

  /** @throws AppError `notFound` */
  async requireFlow(slug: string): Promise<void> {
    if (!(await this.dataSource.manager.existsBy(Flow, { slug }))) throw new AppError('notFound');
  }

  /**
   * The page that a visitor is at.
   *
   * @throws AppError `notFound` if there is no such flow
   */
  async show(slug: string, visitor: PageVisitor): Promise<PageAnswer> {
    const address = new FlowAddress(slug, visitor.address);
    if (address.link !== undefined) return this.takeLink(address, address.link, visitor);
    if (address.isOpened) return this.checkCookies(address, visitor);
    const { notes } = visitor;
    const last = notes.lastResult?.slug === slug ? notes.lastResult : undefined;
    if (last !== undefined && endings.includes(last.challenge.component)) {
      await this.notes.keep(visitor.visit, withoutShown(notes, slug));
      return { kind: 'page', page: await this.pageOf(last.challenge, undefined, {}, address, visitor) };
    }
    return this.look(address, visitor);
  }

  /**
   * Takes a form, and leads to the page that comes of it.
   *
   * @throws AppError `csrfFailed` if no page of ours made the form, `notFound`
   */
  async answer(slug: string, form: PageForm, visitor: PageVisitor): Promise<PageAnswer> {
    await this.requireFlow(slug);
    const { visit } = visitor;
    if (visit.sessionKey === undefined) return { kind: 'page', page: noCookiesPage(await this.wording(visitor), 403) };
    this.cookies.checkCsrf(visit.sessionKey, form.csrf);
    const address = new FlowAddress(slug, visitor.address);
    const link = visitor.notes.link?.slug === slug ? visitor.notes.link : undefined;
    const result = await this.executor.handle({
      slug,
      method: 'POST',
      query: address.flowQuery(link?.token),
      body: () => form.answer,
      visit: { ...visit, csrf: form.csrf },
      page: { step: form.step },
    });
    const { answer, session } = result;
    const left = result.position?.isLink && link !== undefined ? { link } : {};
    if (answer.kind === 'continue') {
      if (link !== undefined) await this.notes.keep(withSession(visit, session), left);
      return { kind: 'redirect', to: address.clean(), session };
    }
    const { challenge } = answer;
    if (challenge.component === 'xak-flow-redirect') return this.leave(challenge, result, visitor);
    const lastResult: LastResult = {
      slug,
      ...(result.position?.step !== undefined && { step: result.position.step }),
      challenge: endings.includes(challenge.component) ? challenge : messagesIn(challenge),
      typed: keepable(challenge, form.answer),
    };
    const begun = await this.notes.keep(withSession(visit, session), { lastResult, ...left });
    return { kind: 'redirect', to: address.same(), session: session ?? begun };
  }

  /** Takes the key of a link out of the address before anything is shown. Nothing becomes of the link by that. */
  private async takeLink(address: FlowAddress, token: string, { visit }: PageVisitor): Promise<PageAnswer> {
    const { slug } = address;
    await this.requireFlow(slug);
    const begun = await this.notes.keep(visit, { link: { slug, token: token.slice(0, longestToken) } });
    return { kind: 'redirect', to: begun === undefined ? address.clean() : address.opened(), session: begun };
  }

  /** The link is in the session that the browser has just been given; if it has given it back, all is well. */
  private async checkCookies(address: FlowAddress, visitor: PageVisitor): Promise<PageAnswer> {
    await this.requireFlow(address.slug);
    if (visitor.visit.sessionKey !== undefined) return { kind: 'redirect', to: address.clean() };
    return { kind: 'page', page: noCookiesPage(await this.wording(visitor), 200) };
  }

  private async look(address: FlowAddress, visitor: PageVisitor): Promise<PageAnswer> {
    const { slug } = address;
    const { link, lastResult: last } = visitor.notes;
    const { result, session } = await this.ask({
      slug,
      method: 'GET',
      query: address.flowQuery(link?.slug === slug ? link.token : undefined),
      visit: visitor.visit,
      page: {},
    });
    const { answer, position } = result;
    if (answer.kind === 'continue') throw new Error(`the flow ${slug} has no end`);
    const now: PageVisitor = { ...visitor, visit: withSession(visitor.visit, session) };
    if (answer.challenge.component === 'xak-flow-redirect')
      return this.leave(answer.challenge, { ...result, session }, now);
    if (link?.slug === slug || last?.slug === slug) {
      const left = position?.isLink && link !== undefined ? { link } : {};
      await this.notes.keep(now.visit, { ...withoutShown(now.notes, slug), ...left });
    }
    const isAbout = last?.slug === slug && last.step !== undefined && last.step === position?.step;
    const challenge = isAbout ? withMessagesOf(last.challenge, answer.challenge) : answer.challenge;
    const page = await this.pageOf(challenge, position, isAbout ? last.typed : {}, address, now);
    return { kind: 'page', page, session };
  }

  /** Asks until somebody is asked something. Who is led on from a link is in the session from then on. */
  private async ask(request: ExecutorRequest): Promise<{ result: ExecutorResult; session: IssuedSession | undefined }> {
    const query = new URLSearchParams(request.query);
    query.delete('flow_token');
    let result = await this.executor.handle(request);
    let { session } = result;
    for (let stages = 0; result.answer.kind === 'continue' && stages < longestChain; stages += 1) {
      const visit = withSession(request.visit, session);
      result = await this.executor.handle({ ...request, query: query.toString(), visit });
      session = result.session ?? session;
    }
    return { result, session };
  }

  /** The flow is over and leads somewhere; what is to be told is told there. */
  private async leave(
    { to, messages }: FullChallenge,
    { session }: ExecutorResult,
    { visit, notes }: PageVisitor,
  ): Promise<PageAnswer> {
    const isChanged = messages !== undefined || notes.link !== undefined;
    const left = { ...(messages !== undefined && { messages }) };
    const begun = isChanged ? await this.notes.keep(withSession(visit, session), left) : undefined;
    return { kind: 'redirect', to: String(to), session: session ?? begun };
  }

  private async pageOf(
    challenge: FullChallenge,
    position: ExecutorResult['position'],
    typed: LastResult['typed'],
    address: FlowAddress,
    visitor: PageVisitor,
  ): Promise<Page> {
    const { sessionKey } = visitor.visit;
    return challengePage(
      challenge,
      {
        address,
        csrf: sessionKey === undefined ? '' : this.cookies.csrfToken(sessionKey),
        step: position?.step ?? '',
        isScriptless: position?.isCompatible ?? false,
        typed,
        username: position?.username ?? '',
        notMe: position?.notMe && this.notMe.pageOf(position.notMe),
        signIn: endings.includes(challenge.component) ? await this.signIn(visitor) : undefined,
      },
      await this.wording(visitor),
    );
  }

  private async signIn({ user }: PageVisitor): Promise<string | undefined> {
    if (user !== undefined) return undefined;
    const flow = await this.planner.findDefault(this.dataSource.manager, 'authentication', undefined);
    return flow === undefined ? undefined : `/if/flow/${flow.slug}/`;
  }

  private async wording({ locale }: PageVisitor): Promise<Wording> {
    return new Wording(await this.renderer.catalog(locale));
  }
}

/** Adds the errors and messages of the last challenge to the current one. */
function withMessagesOf(last: FullChallenge, challenge: FullChallenge): FullChallenge {
  const errors = challenge.response_errors ?? last.response_errors;
  const messages = [...(last.messages ?? []), ...(challenge.messages ?? [])];
  return { ...challenge, messages, ...(errors !== undefined && { response_errors: errors }) };
}

/** Errors and messages of a challenge. The page that shows them asks for the rest again. */
function messagesIn({ component, messages, response_errors: errors }: FullChallenge): FullChallenge {
  return {
    component,
    ...(messages !== undefined && { messages }),
    ...(errors !== undefined && { response_errors: errors }),
  };
}

/** The visit as it goes on after the visitor was given a session. */
function withSession(visit: Visit, session: IssuedSession | undefined): Visit {
  return session === undefined ? visit : { ...visit, sessionKey: session.key };
}

/** The notes without those that the page of a flow has just shown. */
function withoutShown({ link, lastResult, ...others }: Notes, slug: string): Notes {
  return {
    ...others,
    ...(link !== undefined && link.slug !== slug && { link }),
    ...(lastResult !== undefined && lastResult.slug !== slug && { lastResult }),
  };
}
