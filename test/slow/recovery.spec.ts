import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { createReader } from '../factories/proof-flow.js';
import { ApiClient } from '../support/api-client.js';
import { proofMail } from '../support/proof-mail.js';
import { RestartedService } from '../support/restarted-service.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Visitor } from '../support/visitor.js';

const key = 'administrator-of-the-tests-0123456789';
const slug = 'default-recovery-flow';
const newPassword = { component: 'ak-stage-prompt', password: 'a new secret', password_repeat: 'a new secret' };

let database: TestDatabase;
let sink: SmtpSink;
let service: RestartedService;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sink = new SmtpSink();
  service = new RestartedService({
    DATABASE_URL: database.url,
    BOOTSTRAP_TOKEN: key,
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(await sink.listen()),
    // A short lease, so that the mail of a killed process is sent soon.
    MAIL_LEASE: '3',
  });
  url = await service.start();
});
afterAll(async () => {
  await service.end('SIGKILL');
  await sink.close();
  await database.drop();
});

const api = (): ApiClient => new ApiClient(url, key);

/** A user who recovers their account in a browser that outlives the service. */
class Person {
  private visitor = new Visitor(url);
  /** Query of the open page. */
  query = '';

  constructor(readonly user: UserDto) {}

  static async create(): Promise<Person> {
    return new Person(await createReader(api()));
  }

  /** Continues in a new browser, without the cookies of the first. */
  changeBrowser(): void {
    this.visitor = new Visitor(url);
  }

  async openLink(): Promise<void> {
    ({ query: this.query } = await proofMail(sink, this.user.email));
  }

  /** Sends one request, without following redirects. */
  async look(): Promise<any> {
    this.visitor = this.visitor.movedTo(url);
    return (await this.visitor.get(slug, this.query)).body;
  }

  async answer(body: unknown): Promise<number> {
    this.visitor = this.visitor.movedTo(url);
    return (await this.visitor.post(slug, body, this.query)).status;
  }

  async whoAmI(): Promise<any> {
    this.visitor = this.visitor.movedTo(url);
    return (await this.visitor.request('GET', '/core/users/me/')).body.user;
  }
}

describe('A user who recovers an account', () => {
  it.for(['SIGKILL', 'SIGTERM'] as const)(
    'completes the recovery in the same and in another browser, even if %s stops the service between requests',
    { timeout: 240_000 },
    async (signal, { annotate }) => {
      const [before, begin] = [service.restarts, performance.now()];
      const same = await Person.create();
      const other = await Person.create();
      /** Sends a request for both, then restarts the service. */
      const both = async (request: (person: Person) => Promise<void>): Promise<void> => {
        await Promise.all([same, other].map(request));
        url = await service.restart(signal);
      };

      await both(async (person) => {
        expect(await person.look()).toMatchObject({ component: 'ak-stage-identification' });
      });
      await both(async (person) => {
        expect(await person.answer({ uid_field: person.user.email })).toBe(302);
      });
      await both(async (person) => {
        expect(await person.look()).toMatchObject({ component: 'ak-stage-email' });
      });
      other.changeBrowser();
      const buttons = new Map<Person, string>();
      await both(async (person) => {
        await person.openLink();
        const { component, token } = await person.look();
        expect(component).toBe('ak-stage-consent');
        buttons.set(person, token);
      });
      await both(async (person) => {
        expect(await person.answer({ component: 'ak-stage-consent', token: buttons.get(person) })).toBe(302);
      });
      // The email stage follows the button and passes with its proof.
      await both(async (person) => {
        expect(await person.look()).toBeUndefined();
      });
      await both(async (person) => {
        expect(await person.look()).toMatchObject({ component: 'ak-stage-prompt' });
      });
      await both(async (person) => {
        expect(await person.answer(newPassword)).toBe(302);
      });
      // Writes the password; the next request signs in.
      await both(async (person) => {
        expect(await person.look()).toBeUndefined();
      });
      await both(async (person) => {
        expect(await person.look()).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
      });
      for (const person of [same, other]) {
        expect(await person.whoAmI()).toMatchObject({ username: person.user.username });
      }
      const seconds = ((performance.now() - begin) / 1000).toFixed(0);
      await annotate(`${signal}: ${service.restarts - before} restarts, 2 of 2 people have finished, in ${seconds} s`);
    },
  );

  it('completes the recovery by following the pages, even if the service is killed during every request', async ({
    annotate,
  }) => {
    const restarts = service.restarts;
    const person = await Person.create();
    const asked: string[] = [];
    /** Kills the service during a request, whose response may be lost. */
    const interrupted = async (request: Promise<unknown>, milliseconds: number): Promise<void> => {
      await Promise.race([
        request.catch(() => undefined),
        new Promise((resolve) => {
          setTimeout(resolve, milliseconds);
        }),
      ]);
      url = await service.restart('SIGKILL');
      await request.catch(() => undefined);
    };
    for (let isDone = false; !isDone && asked.length < 40;) {
      let shown = await person.look();
      while (shown === undefined) shown = await person.look();
      const { component } = shown;
      // From before the step has started to after it has completed.
      const milliseconds = 3 * 4 ** asked.filter((before) => before === component).length;
      asked.push(component);
      if (component === 'ak-stage-identification') {
        await interrupted(person.answer({ uid_field: person.user.email }), milliseconds);
      } else if (component === 'ak-stage-email') {
        await person.openLink();
        await interrupted(person.look(), milliseconds);
      } else if (component === 'ak-stage-consent') {
        await interrupted(person.answer({ component, token: shown.token }), milliseconds);
      } else if (component === 'ak-stage-prompt') {
        await interrupted(person.answer(newPassword), milliseconds);
      } else {
        isDone = true;
      }
    }
    expect(asked.at(-1)).toBe('xak-flow-redirect');
    expect(await person.whoAmI()).toMatchObject({ username: person.user.username });
    await annotate(
      `killed ${service.restarts - restarts} times in the middle of a request; shown: ${asked.join(', ')}`,
    );
  }, 240_000);
});
