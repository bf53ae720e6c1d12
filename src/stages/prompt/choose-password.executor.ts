import { Injectable } from '@nestjs/common';

import { hashPassword } from '../../core/passwords/password-hash.js';
import { PasswordRules } from '../../core/passwords/password-rules.service.js';
import { StrengthLimit } from '../../core/passwords/strength-limit.service.js';
import { Credentials } from '../../core/users/credentials.service.js';
import type { Execution } from '../../flow-execution/execution.js';
import { lockProvedUser, recordOwnChange } from '../../flow-execution/proved-account.js';
import type { InMemoryStageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { pythonText } from '../../rest/fields/python-text.js';
import { message } from '../../rest/messages/messages.js';
import { PromptChallengeResponseRequestDto } from './dto/prompt-challenge.dto.js';
import { type FormField, ownValue, passwordKey, promptChallenge, type PromptData } from './prompt-form.js';
import { readPromptResponse } from './prompt-response.js';

/** Name of the in-memory stage in a plan. */
export const choosePassword = 'choose-password';

/** Session key of the ID of the user whose password was last chosen in this session. */
export const passwordChosenKey = 'password:chosen-for';

const password: FormField = {
  fieldKey: passwordKey,
  label: 'New password',
  type: 'password',
  required: true,
  placeholder: '',
  placeholderExpression: false,
  initialValue: '',
  initialValueExpression: false,
  order: 0,
  subText: 'The sign-up was started in another browser. Choose a password here; the one entered there is not used.',
};
const fields: readonly FormField[] = [
  password,
  { ...password, fieldKey: 'password_repeat', label: 'Repeat new password', order: 1, subText: '' },
];

/**
 * Asks for a password that replaces one entered before the address was proved: a stranger may have signed up with the
 * address (Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022). It uses the challenge and the rules of
 * a prompt stage, so every client can show it.
 */
@Injectable()
export class ChoosePasswordExecutor implements InMemoryStageExecutor {
  readonly name = choosePassword;

  constructor(
    private readonly credentials: Credentials,
    private readonly passwords: PasswordRules,
    private readonly strengthLimit: StrengthLimit,
  ) {}

  show(): Promise<StageOutcome> {
    return Promise.resolve({ kind: 'challenge', challenge: promptChallenge(fields, {}) });
  }

  async handleResponse(execution: Execution<undefined>, body: unknown): Promise<StageOutcome> {
    const { manager, session, plan, visitor } = execution;
    const pending = await execution.pendingUser();
    if (pending?.kind !== 'known') return { kind: 'denied' };
    await execution.read(PromptChallengeResponseRequestDto, body);
    const { username, name, email } = pending.user;
    const names = [username, name, email];
    const strength = this.strengthLimit.meterFor(visitor.clientIp);
    const response = await readPromptResponse(fields, body as PromptData, {
      data: {},
      nameProblem: () => Promise.resolve(undefined),
      passwordProblems: (password) => this.passwords.problems(password, names),
      passwordWeakness: (password) => this.passwords.check(manager, password, names, strength),
    });
    if (response.kind === 'errors') return { kind: 'rejected', errors: response.errors };
    const passwordHash = await hashPassword(pythonText(ownValue(response.values, passwordKey)));
    const user = await lockProvedUser(manager, plan.context, pending.user.pk);
    if (user === undefined) return { kind: 'denied' };
    if (user === 'changed') return { kind: 'denied', message: message('accountChanged') };
    await this.credentials.setPassword(manager, user, passwordHash, { session });
    await recordOwnChange(manager, plan.context, user.pk);
    execution.remember(passwordChosenKey, user.pk);
    return { kind: 'passed' };
  }
}
