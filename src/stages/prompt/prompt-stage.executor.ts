import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { PasswordRules } from '../../core/passwords/password-rules.service.js';
import { StrengthLimit } from '../../core/passwords/strength-limit.service.js';
import type { User } from '../../core/users/user.entity.js';
import { SecretBox } from '../../database/secret-box.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { validationProblems } from '../../policies/validation-policies.js';
import { PromptChallengeDto, PromptChallengeResponseRequestDto } from './dto/prompt-challenge.dto.js';
import { NameChecks } from './name-checks.js';
import { type FormField, isSecret, ownValue, passwordKey, promptChallenge, type PromptData } from './prompt-form.js';
import { isFixed, newPasswordIn, readPromptResponse } from './prompt-response.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import type { PromptStage } from './prompt-stage.entity.js';
import { Prompt } from './prompt.entity.js';
import { sealPasswordHash } from './sealed-password-hash.js';

type Run = Execution<PromptStage>;

/** Shows a form, and keeps the response in the run. */
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

  async handleResponse(execution: Run, body: unknown): Promise<StageOutcome> {
    const { manager, stage, plan, visitor } = execution;
    await execution.read(PromptChallengeResponseRequestDto, body);
    const fields = await fieldsOf(manager, stage);
    const data = plan.context.prompt_data ?? {};
    const own = await ownAccount(execution);
    const names = new NameChecks(execution, own, typedAddress(fields, body as PromptData, data));
    const strength = this.strengthLimit.meterFor(visitor.clientIp);
    const response = await readPromptResponse(fields, body as PromptData, {
      data,
      nameProblem: (field, name) => names.fieldProblem(field, name),
      passwordProblems: (password, answered) => this.passwords.problems(password, namesIn(own, data, answered)),
      passwordWeakness: (password, values) => this.passwords.weakness(password, namesIn(own, data, values), strength),
      policyProblems: (answers, isApplicable, isRestValid) => {
        const personal = namesIn(own, data, answers);
        const request = { answers, personal, user: own, strength: isRestValid ? strength : undefined };
        return validationProblems(manager, stage.pk, request, isApplicable);
      },
    });
    if (response.kind === 'errors') return { kind: 'rejected', errors: response.errors };
    const errors = await names.formProblems(data, response.values);
    if (errors !== undefined) return { kind: 'rejected', errors };
    plan.context.prompt_data = { ...data, ...(await this.withoutSecrets(fields, data, response.values)) };
    // In other runs a mail goes to the account's own address, not to a typed one.
    const isMailed = plan.context.pending_user === undefined || visitor.user !== undefined;
    const typed = typedValue(fields, response.values, 'email');
    if (isMailed && typed !== undefined) plan.context.typed_address = typed;
    if (Object.hasOwn(plan.context.prompt_data, passwordKey)) plan.context.prompt_secrets = [passwordKey];
    return { kind: 'passed' };
  }

  async takesFiles(manager: EntityManager, stage: PromptStage): Promise<boolean> {
    return (await fieldsOf(manager, stage)).some(({ type }) => type === 'file');
  }

  /** Returns the values to keep, with the password hashed and sealed, and without its repetition. */
  private async withoutSecrets(
    fields: readonly FormField[],
    data: PromptData,
    values: PromptData,
  ): Promise<PromptData> {
    const secrets = new Set(fields.filter(isSecret).map(({ fieldKey }) => fieldKey));
    const kept = Object.entries(values).filter(([key]) => !secrets.has(key));
    const password = newPasswordIn(values, data);
    if (password !== undefined) kept.push([passwordKey, await sealPasswordHash(password, this.secrets)]);
    return Object.fromEntries(kept);
  }
}

/** Returns the fields of the form in display order. */
function fieldsOf(manager: EntityManager, { pk }: PromptStage): Promise<Prompt[]> {
  return manager
    .createQueryBuilder(Prompt, 'prompt')
    .innerJoin(PromptStageField, 'field', 'field.promptId = prompt.pk and field.stageId = :pk', { pk })
    .orderBy('prompt.order')
    .addOrderBy('prompt.name')
    .getMany();
}

/** Returns a text that the visitor has typed into this form; undefined for one that the server has set. */
function typedValue(fields: readonly FormField[], values: PromptData, key: string): string | undefined {
  const typed = ownValue(values, key);
  const isTyped = fields.some((field) => field.fieldKey === key && !isFixed(field));
  return isTyped && typeof typed === 'string' && typed !== '' ? typed : undefined;
}

/** Returns the account that the form is about: the pending user, or the signed-in one. */
async function ownAccount(execution: Run): Promise<User | undefined> {
  const pending = await execution.pendingUser();
  if (pending !== undefined) return pending.kind === 'known' ? pending.user : undefined;
  return execution.visitor.user;
}

/** Returns the address that this form or an earlier one of the run has asked for, not validated; empty if none has. */
function typedAddress(fields: readonly FormField[], body: PromptData, data: PromptData): string {
  const isAskedHere = fields.some(({ fieldKey }) => fieldKey === 'email');
  const typed = ownValue(isAskedHere ? body : data, 'email');
  return typeof typed === 'string' ? typed.trim() : '';
}

/** Returns the names and addresses of the user in the account, the run's data and this response. */
function namesIn(user: User | undefined, ...forms: readonly PromptData[]): string[] {
  const keys = ['username', 'name', 'email'] as const;
  const values = keys.flatMap((key) => [user?.[key], ...forms.map((data) => ownValue(data, key))]);
  return values.filter((value) => typeof value === 'string');
}
