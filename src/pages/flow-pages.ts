import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { type IssuedSession, SessionCookies } from '../core/sessions/session-cookies.js';
import type { UserMessage } from '../flow-execution/execution.js';
import type { FullChallenge } from '../flow-execution/executor-outcome.js';
import { type ExecutorRequest, type ExecutorResult, FlowExecutor } from '../flow-execution/flow-executor.js';
import { FlowPlanner } from '../flow-execution/flow-planner.js';
import type { Visit } from '../flow-execution/visit.js';
import type { FlowDesignation } from '../flows/flow-choices.js';
import { Flow } from '../flows/flow.entity.js';
import { NotMeLinks } from '../mail/not-me/not-me-links.service.js';
import { AppError } from '../rest/errors/app-error.js';
import { truncated } from '../syntax/truncated.js';
import { challengePage } from './challenge-page.js';
import { FlowAddress } from './flow-address.js';
import type { EntryFlow } from './page-context.js';
import type { PageForm } from './page-form.js';
import { type LastResult, type Notes, PageNotes } from './page-notes.js';
import { PageRenderer } from './page-renderer.js';
import type { PageVisitor } from './page-visitors.js';
import type { Page } from './page.js';
import { noCookiesPage } from './problem-pages.js';
import { storableValues } from './typed-values.js';
import { Wording } from './wording.js';

/** The response to a browser. Either kind may set the cookies of a new session. */
export type PageResponse = { readonly session?: IssuedSession | undefined } & (
  | { readonly kind: 'page'; readonly page: Page }
  /** Sent with 303, so that reloading does not submit the form again. */
  | { readonly kind: 'redirect'; readonly to: string }
);

/** Upper bound of consecutive stages without input, against endless flows. */
const maxSkippedStages = 100;

/** Characters of a link's token that are stored; a longer token is unknown anyway. */
const maxTokenLength = 500;

/** Components that end a run. Their plan is gone, so they are shown from the stored result. */
const finalComponents = ['ak-stage-access-denied', 'ak-stage-flow-error'];

/** The flows that the first page of a flow links to. */
const otherEntries = {
  enrollment: ['authentication', 'recovery'],
  recovery: ['authentication', 'enrollment'],
} as const;

/**
 * Renders flows as pages, as a client of the executor. State between two requests, which a script would hold, is in the
 * visitor's session (`Notes`).
 */
@Injectable()
export class FlowPages {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
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
   * Returns the page of the current challenge.
   *
   * @throws AppError `notFound` if there is no such flow
   */
  async show(slug: string, visitor: PageVisitor): Promise<PageResponse> {
    const address = new FlowAddress(slug, visitor.address, this.settings.allowedRedirects);
    if (address.link !== undefined) return this.storeLink(address, address.link, visitor);
    if (address.isCookieCheck) return this.checkCookies(address, visitor);
    const { notes } = visitor;
    const last = notes.lastResult?.slug === slug ? notes.lastResult : undefined;
    if (last !== undefined && finalComponents.includes(last.challenge.component)) {
      await this.notes.save(visitor.visit, withoutNotesOf(notes, slug));
      return { kind: 'page', page: await this.pageOf(last.challenge, undefined, {}, address, visitor) };
    }
    return this.showCurrent(address, visitor);
  }

  /**
   * Submits a form and redirects to the resulting page.
   *
   * @throws AppError `csrfFailed` if the form was not made for this session, `notFound`
   */
  async submit(slug: string, form: PageForm, visitor: PageVisitor): Promise<PageResponse> {
    await this.requireFlow(slug);
    const { visit } = visitor;
    if (visit.sessionKey === undefined) return { kind: 'page', page: noCookiesPage(await this.wording(visitor), 403) };
    this.cookies.checkCsrf(visit.sessionKey, form.csrf);
    const address = new FlowAddress(slug, visitor.address, this.settings.allowedRedirects);
    const link = linkOf(visitor, address);
    const result = await this.executor.handle({
      slug,
      method: 'POST',
      query: address.flowQuery(link?.token),
      body: () => form.response,
      visit: { ...visit, csrf: form.csrf },
      page: { step: form.step, wait: address.wait },
    });
    const { outcome, session } = result;
    if (address.wait !== undefined && isConfirmed(outcome)) {
      return { kind: 'redirect', to: address.waiting(address.wait), session };
    }
    const pendingLink = result.position?.isLink && link !== undefined ? { link } : {};
    if (outcome.kind === 'continue') {
      if (link !== undefined) await this.notes.save(withSession(visit, session), pendingLink);
      return { kind: 'redirect', to: address.withoutLink(), session };
    }
    const { challenge } = outcome;
    const signIn = await this.signInFor(result, address, visitor);
    if (signIn !== undefined) return { kind: 'redirect', to: signIn, session };
    if (challenge.component === 'xak-flow-redirect') return this.redirect(challenge, result, visitor);
    const lastResult: LastResult = {
      slug,
      ...(result.position?.step !== undefined && { step: result.position.step }),
      challenge: finalComponents.includes(challenge.component) ? challenge : messagesIn(challenge),
      typed: storableValues(challenge, form.response),
    };
    const created = await this.notes.save(withSession(visit, session), { lastResult, ...pendingLink });
    return { kind: 'redirect', to: address.current(), session: session ?? created };
  }

  /** Moves the secret of a link from the address into the session. This does not use the link. */
  private async storeLink(address: FlowAddress, token: string, { visit }: PageVisitor): Promise<PageResponse> {
    const { slug } = address;
    await this.requireFlow(slug);
    const created = await this.notes.save(visit, { link: { slug, token: truncated(token, maxTokenLength) } });
    return {
      kind: 'redirect',
      to: created === undefined ? address.withoutLink() : address.cookieCheck(),
      session: created,
    };
  }

  /** Checks that the browser returned its new cookie: without one the link, stored in the session, is lost. */
  private async checkCookies(address: FlowAddress, visitor: PageVisitor): Promise<PageResponse> {
    await this.requireFlow(address.slug);
    if (visitor.visit.sessionKey !== undefined) return { kind: 'redirect', to: address.withoutLink() };
    return { kind: 'page', page: noCookiesPage(await this.wording(visitor), 200) };
  }

  private async showCurrent(address: FlowAddress, visitor: PageVisitor): Promise<PageResponse> {
    const { slug } = address;
    const { lastResult: last } = visitor.notes;
    const link = linkOf(visitor, address);
    const { result, session } = await this.runToChallenge({
      slug,
      method: 'GET',
      query: address.flowQuery(link?.token),
      visit: visitor.visit,
      page: { wait: address.wait },
    });
    const { outcome, position } = result;
    if (outcome.kind === 'continue') throw new Error(`the flow ${slug} has no end`);
    const now: PageVisitor = { ...visitor, visit: withSession(visitor.visit, session) };
    const signIn = await this.signInFor(result, address, now);
    if (signIn !== undefined) return { kind: 'redirect', to: signIn, session };
    if (outcome.challenge.component === 'xak-flow-redirect')
      return this.redirect(outcome.challenge, { ...result, session }, now);
    if (link !== undefined || last?.slug === slug) {
      const { link: opened } = now.notes;
      const pendingLink = opened !== undefined && (position?.isLink || link === undefined) ? { link: opened } : {};
      await this.notes.save(now.visit, { ...withoutNotesOf(now.notes, slug), ...pendingLink });
    }
    const isSameStep = last?.slug === slug && last.step !== undefined && last.step === position?.step;
    const challenge = isSameStep ? withMessagesOf(last.challenge, outcome.challenge) : outcome.challenge;
    const page = await this.pageOf(challenge, position, isSameStep ? last.typed : {}, address, now);
    return { kind: 'page', page, session };
  }

  /** Runs the executor until a challenge needs input. A link is sent once; then its run is in the session. */
  private async runToChallenge(
    request: ExecutorRequest,
  ): Promise<{ result: ExecutorResult; session: IssuedSession | undefined }> {
    const query = new URLSearchParams(request.query);
    query.delete('flow_token');
    let result = await this.executor.handle(request);
    let { session } = result;
    for (let stages = 0; result.outcome.kind === 'continue' && stages < maxSkippedStages; stages += 1) {
      const visit = withSession(request.visit, session);
      result = await this.executor.handle({ ...request, query: query.toString(), visit });
      session = result.session ?? session;
    }
    return { result, session };
  }

  /** Redirects to the target of a finished flow and stores its messages for that page. */
  private async redirect(
    { to, messages }: FullChallenge,
    { session }: ExecutorResult,
    { visit, notes }: PageVisitor,
  ): Promise<PageResponse> {
    const isChanged = messages !== undefined || notes.link !== undefined;
    const pendingLink = { ...(messages !== undefined && { messages }) };
    const created = isChanged ? await this.notes.save(withSession(visit, session), pendingLink) : undefined;
    return { kind: 'redirect', to: String(to), session: session ?? created };
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
        wait: position?.wait,
        mail: position?.mail,
        designation: position?.designation ?? '',
        linkAddress: position?.linkAddress,
        notMe: position?.notMe && this.notMe.pageOf(position.notMe),
        signIn: finalComponents.includes(challenge.component) ? await this.signIn(visitor) : undefined,
        entryFlows: await this.entryFlows(challenge, position, visitor),
      },
      await this.wording(visitor),
    );
  }

  private async signIn({ user }: PageVisitor): Promise<string | undefined> {
    return user === undefined ? this.defaultPage('authentication') : undefined;
  }

  /** Returns where a visitor signs in first if the flow is for signed-in users; undefined if it is not. */
  private async signInFor(
    { position }: ExecutorResult,
    address: FlowAddress,
    visitor: PageVisitor,
  ): Promise<string | undefined> {
    const signIn = position?.needsSignIn ? await this.signIn(visitor) : undefined;
    return signIn && address.behindSignIn(signIn);
  }

  /** Returns the pages of other flows that a visitor may have looked for, where a sign-up or a recovery begins. */
  private async entryFlows(
    { component }: FullChallenge,
    position: ExecutorResult['position'],
    { user }: PageVisitor,
  ): Promise<EntryFlow[]> {
    const isEntry = ['ak-stage-identification', 'ak-stage-prompt'].includes(component) && position?.username === '';
    if (!isEntry || user !== undefined || !Object.hasOwn(otherEntries, position.designation)) return [];
    const others = otherEntries[position.designation as keyof typeof otherEntries];
    const pages = await Promise.all(
      others.map(async (designation) => ({ designation, path: await this.defaultPage(designation) })),
    );
    return pages.flatMap(({ designation, path }) => (path === undefined ? [] : [{ designation, path }]));
  }

  /** Returns the page of the first flow of a designation that is for visitors who are not signed in. */
  private async defaultPage(designation: FlowDesignation): Promise<string | undefined> {
    const flow = await this.planner.findDefault(this.dataSource.manager, designation, undefined);
    return flow && `/if/flow/${flow.slug}/`;
  }

  private async wording({ locale }: PageVisitor): Promise<Wording> {
    return new Wording(await this.renderer.catalog(locale));
  }
}

/** Adds the errors and messages of the last challenge to the current one. */
function withMessagesOf(last: FullChallenge, challenge: FullChallenge): FullChallenge {
  const errors = challenge.response_errors ?? last.response_errors;
  const current = challenge.messages ?? [];
  // A limit that still applies is said once, with the time that is left now.
  const earlier = (last.messages ?? []).filter((each) => !current.some((other) => isSameMessage(each, other)));
  const messages = [...earlier, ...current];
  return { ...challenge, messages, ...(errors !== undefined && { response_errors: errors }) };
}

function isSameMessage({ message: one }: UserMessage, { message: other }: UserMessage): boolean {
  if ('code' in one) return 'code' in other && one.code === other.code;
  return 'written' in other && one.written === other.written;
}

/** Returns the errors and messages of a challenge; the rest is requested again when the page is shown. */
function messagesIn({ component, messages, response_errors: errors }: FullChallenge): FullChallenge {
  return {
    component,
    ...(messages !== undefined && { messages }),
    ...(errors !== undefined && { response_errors: errors }),
  };
}

/** Returns the opened link that the page is about. A waiting page leaves it to the tab that has opened it. */
function linkOf({ notes: { link } }: PageVisitor, { slug, wait }: FlowAddress): Notes['link'] {
  return wait === undefined && link?.slug === slug ? link : undefined;
}

/** Whether a waiting page has nothing to wait for, because the run continues elsewhere. */
function isConfirmed(outcome: ExecutorResult['outcome']): boolean {
  return outcome.kind === 'challenge' && outcome.challenge['confirmed'] === true;
}

/** Returns the visit with the session that was just issued. */
function withSession(visit: Visit, session: IssuedSession | undefined): Visit {
  return session === undefined ? visit : { ...visit, sessionKey: session.key };
}

/** Returns the notes without those of a flow. */
function withoutNotesOf({ link, lastResult, ...others }: Notes, slug: string): Notes {
  return {
    ...others,
    ...(link !== undefined && link.slug !== slug && { link }),
    ...(lastResult !== undefined && lastResult.slug !== slug && { lastResult }),
  };
}
