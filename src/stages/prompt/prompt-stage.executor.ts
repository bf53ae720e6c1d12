import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { PasswordRules } from '../../core/passwords/password-rules.service.js';
import { StrengthLimit } from '../../core/passwords/strength-limit.service.js';
import { isForeignAddress, nameProblems } from '../../core/users/names/account-names.js';
import { usernameInvalid } from '../../core/users/names/name-rules.js';
import type { User } from '../../core/users/user.entity.js';
import { SecretBox } from '../../database/secret-box.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { validationProblems } from '../../policies/validation-policies.js';
import { PromptChallengeDto, PromptChallengeResponseRequestDto } from './dto/prompt-challenge.dto.js';
import { plannedPassword } from './planned-password.js';
import { newPasswordIn, readPromptAnswer } from './prompt-answer.js';
import { type FormField, isSecret, known, passwordKey, promptChallenge, type PromptData } from './prompt-form.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import type { PromptStage } from './prompt-stage.entity.js';
import { Prompt } from './prompt.entity.js';

type Run = Execution<PromptStage>;

const foreignName = 'A user name that is an email address must be your own address.';

/** Shows a form, and keeps the answers in the run (flow execution, section 6.2). */
@Injectable()
export class PromptStageExecutor implements StageExecutor<PromptStage> {
  readonly kind = 'prompt';
  readonly challenge = PromptChallengeDto;
  readonly response = PromptChallengeResponseRequestDto;

  constructor(
    private readonly secrets: SecretBox,
    private readonly passwords: PasswordRules,
    private readonly strengthLimit: StrengthLimit,
  ) {}

  async show({ manager, stage, plan }: Run): Promise<StageOutcome> {
    const fields = await fieldsOf(manager, stage);
    return { kind: 'challenge', challenge: promptChallenge(fields, plan.context.prompt_data ?? {}) };
  }

  async answer(execution: Run, body: unknown): Promise<StageOutcome> {
    const { manager, stage, plan, visitor } = execution;
    await execution.read(PromptChallengeResponseRequestDto, body);
    const fields = await fieldsOf(manager, stage);
    const data = plan.context.prompt_data ?? {};
    const own = await ownAccount(execution);
    const problemOf = (field: FormField, name: string): Promise<string | undefined> =>
      problemOfName(manager, field, name, own);
    const strength = this.strengthLimit.meterFor(visitor.clientIp);
    const answer = await readPromptAnswer(fields, body as PromptData, {
      data,
      problemOf,
      passwordProblems: (password, answered) => this.passwords.problems(password, namesIn(own, data, answered)),
      passwordWeakness: (password, answers) => this.passwords.weakness(password, namesIn(own, data, answers), strength),
      policyProblems: (answers, isAsked, isRestValid) => {
        const personal = namesIn(own, data, answers);
        const request = { answers, personal, user: own, strength: isRestValid ? strength : undefined };
        return validationProblems(manager, stage.pk, request, isAsked);
      },
    });
    if (answer.kind === 'errors') return { kind: 'rejected', errors: answer.errors };
    const foreign = foreignAddress(answer.values, data, own);
    if (foreign !== undefined) return { kind: 'rejected', errors: { [foreign]: [foreignName] } };
    plan.context.prompt_data = { ...data, ...(await this.withoutSecrets(fields, data, answer.values)) };
    if (Object.hasOwn(plan.context.prompt_data, passwordKey)) plan.context.prompt_secrets = [passwordKey];
    return { kind: 'passed' };
  }

  async takesFiles(manager: EntityManager, stage: PromptStage): Promise<boolean> {
    return (await fieldsOf(manager, stage)).some(({ type }) => type === 'file');
  }

  /** Keeps a password only for the stage that writes it, hashed and sealed, and not its repetition. */
  private async withoutSecrets(
    fields: readonly FormField[],
    data: PromptData,
    values: PromptData,
  ): Promise<PromptData> {
    const secrets = new Set(fields.filter(isSecret).map(({ fieldKey }) => fieldKey));
    const kept = Object.entries(values).filter(([key]) => !secrets.has(key));
    const password = newPasswordIn(values, data);
    if (password !== undefined) kept.push([passwordKey, await plannedPassword(password, this.secrets)]);
    return Object.fromEntries(kept);
  }
}

/** The form, top to bottom. */
function fieldsOf(manager: EntityManager, { pk }: PromptStage): Promise<Prompt[]> {
  return manager
    .createQueryBuilder(Prompt, 'prompt')
    .innerJoin(PromptStageField, 'field', 'field.promptId = prompt.pk and field.stageId = :pk', { pk })
    .orderBy('prompt.order')
    .addOrderBy('prompt.name')
    .getMany();
}

/** The account that may keep its names: the pending one, else the one that is signed in. */
async function ownAccount(execution: Run): Promise<User | undefined> {
  const pending = await execution.pendingUser();
  if (pending !== undefined) return pending.kind === 'known' ? pending.user : undefined;
  return execution.visitor.user;
}

async function problemOfName(
  manager: EntityManager,
  { type, fieldKey }: FormField,
  name: string,
  own: User | undefined,
): Promise<string | undefined> {
  if (type === 'username') {
    const problem = (await nameProblems(manager, { username: name }, own)).get('username');
    if (problem === undefined) return undefined;
    return problem === 'invalid' ? usernameInvalid : 'Username is already taken.';
  }
  const problems = fieldKey === 'email' ? await nameProblems(manager, { email: name }, own) : undefined;
  return problems?.has('email') ? 'This address is the user name of another account.' : undefined;
}

/** The field of a new user name that is an email address other than the one in the run; undefined if there is none. */
function foreignAddress(values: PromptData, data: PromptData, own: User | undefined): string | undefined {
  const known = { email: own?.email ?? '', ...data, ...values };
  const { username, email } = known as { username?: unknown; email: unknown };
  if (typeof username !== 'string' || typeof email !== 'string' || username === own?.username) return undefined;
  if (!isForeignAddress(username, email)) return undefined;
  return ['username', 'email'].find((key) => Object.hasOwn(values, key));
}

/** Names and addresses of the user: of the account, of the run, and of this form. */
function namesIn(user: User | undefined, ...answers: readonly PromptData[]): string[] {
  const keys = ['username', 'name', 'email'] as const;
  const values = keys.flatMap((key) => [user?.[key], ...answers.map((data) => known(data, key))]);
  return values.filter((value) => typeof value === 'string');
}
