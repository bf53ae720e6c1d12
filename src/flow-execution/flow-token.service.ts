import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { ProofMethod } from '../core/addresses/account-address.entity.js';
import { AccountChanges } from '../core/users/account-changes.js';
import { linkSecret, secretDigest } from '../database/link-secret.js';
import { SealBrokenError, SecretBox } from '../database/secret-box.js';
import { Outbox } from '../mail/outbox/outbox.service.js';
import { MailProofs } from '../mail/statistics/mail-proofs.js';
import { type FlowTokenState, matchesAccount, stateExpression } from './flow-token-state.js';
import type { FlowTokenPurpose } from './flow-token.entity.js';
import { parsePlan } from './parse-plan.js';
import type { FlowPlan } from './plan.js';
import { RunAnswersStore } from './run-answers.service.js';

/** Name of the in-memory stage that every link starts with (`ConfirmStageExecutor`). */
export const confirmStage = 'confirm';

/** Returns the place of a sealed plan. */
export function planPlace(pk: string): string {
  return `flow_token.plan:${pk}`;
}

/** What the tokens of a mail have in common. */
export interface NewFlowTokens {
  readonly purpose: FlowTokenPurpose;
  /** Address that the links are mailed to. */
  readonly address: string;
  /** The stage that mails them, if one does. */
  readonly stage: string | null;
  /** Validity in minutes. */
  readonly minutes: number;
}

/** The account of a token, and the plan that it restores. */
export interface TokenTarget {
  /** `pk` null for an unknown user, which the visitor must not learn. */
  readonly user: { readonly pk: number | null; readonly email: string };
  /** The plan after the button. */
  readonly plan: FlowPlan;
}

/** A token to create. */
export type NewFlowToken = NewFlowTokens & TokenTarget;

/** The token of an opened link. */
export interface FoundFlowToken {
  /** Null if there is none. */
  readonly pk: string | null;
  readonly state: FlowTokenState;
  /** Address that the link was mailed to; null for a link that was only shown. */
  readonly address: string | null;
  readonly purpose: FlowTokenPurpose | null;
  /** The plan, starting with the button; undefined if the link is dead or its plan is unusable. */
  readonly plan: FlowPlan | undefined;
}

/** Conditions for spending a token. */
export interface Claim {
  readonly purposes: readonly FlowTokenPurpose[];
  readonly flow: string;
  readonly user: number;
  readonly execution: string;
  /** For a code: the current stage, and the current address. */
  readonly stage?: string;
  readonly address?: string;
  /** Minutes after issue within which the proof is accepted; the token may be valid longer. */
  readonly minutes?: number;
  /** Whether the link or the code is used. */
  readonly by: ProofMethod;
}

/** The proof that a spent token gives. */
export interface Proof {
  readonly purpose: FlowTokenPurpose;
  readonly user: number | null;
  readonly address: string;
  readonly stage: string | null;
  readonly execution: string;
  readonly method: ProofMethod | null;
}

/** Issues, finds and spends the tokens of links. Uses the clock of the database, which all processes share. */
@Injectable()
export class FlowTokens {
  constructor(
    private readonly secrets: SecretBox,
    private readonly answers: RunAnswersStore,
    private readonly outbox: Outbox,
    changes: AccountChanges,
    proofs: MailProofs,
  ) {
    proofs.register(
      `select token_uuid as key, flow_uuid as flow, spent as proved from "flow_token" where purpose = 'confirm'`,
    );
    changes.registerEnding((manager, user) => this.endAll(manager, user));
  }

  /** Issues a token. Its secret is `linkSecret(pk)`. */
  async issue(manager: EntityManager, token: NewFlowToken): Promise<{ pk: string; expires: Date }> {
    const { keys, expires } = await this.issueEach(manager, token, [token]);
    return { pk: String(keys[0]), expires };
  }

  /**
   * Issues tokens of one mail for several accounts, in one statement.
   *
   * @param targets at least one; all plans are of the same run and have the same answers
   * @returns the keys in the order of the targets
   */
  async issueEach(
    manager: EntityManager,
    { purpose, address, stage, minutes }: NewFlowTokens,
    targets: readonly TokenTarget[],
  ): Promise<{ keys: string[]; expires: Date }> {
    const keys = targets.map(() => randomUUID());
    const sealed: { plan: string; answers: string | null }[] = [];
    for (const [index, { plan }] of targets.entries()) {
      sealed.push(await this.seal(manager, String(keys[index]), plan, sealed[0]?.answers));
    }
    const [row] = await manager.query<[{ expires: Date }]>(
      `insert into "flow_token"
              (token_uuid, key_hash, purpose, user_id, user_address, address, flow_uuid, stage_uuid, execution, plan,
               answers, expires)
       select token_uuid, decode(key_hash, 'hex'), $6, user_id, user_address, $7, $8, $9, $10, plan,
              $11, now() + $12 * interval '1 minute'
         from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[])
                as token (token_uuid, key_hash, user_id, user_address, plan)
       returning expires`,
      [
        keys,
        keys.map((pk) => secretDigest(linkSecret(pk, this.secrets)).toString('hex')),
        targets.map(({ user }) => user.pk),
        targets.map(({ user }) => user.email),
        sealed.map(({ plan }) => plan),
        purpose,
        address,
        targets[0]?.plan.flow,
        stage,
        targets[0]?.plan.execution,
        sealed[0]?.answers,
        minutes,
      ],
    );
    return { keys, expires: row.expires };
  }

  /** Invalidates the unused links that a stage has mailed in a run. */
  async supersede(manager: EntityManager, execution: string, stage: string): Promise<void> {
    await manager.query(
      `update "flow_token" set superseded = now(), plan = '', answers = null
        where execution = $1 and stage_uuid = $2 and spent is null and superseded is null`,
      [execution, stage],
    );
  }

  /** Invalidates all unused links of a user as replaced by a newer mail, and withdraws queued mails with them. */
  async supersedeAll(manager: EntityManager, user: number): Promise<void> {
    const [ended] = await manager.query<[{ pk: string; address: string }[], number]>(
      `update "flow_token" set superseded = now(), plan = '', answers = null
        where user_id = $1 and spent is null and superseded is null
        returning token_uuid as pk, address`,
      [user],
    );
    await this.outbox.withdraw(manager, ended);
  }

  /** Invalidates the unused recovery links that were mailed to a user. */
  async supersedeMailed(manager: EntityManager, user: number): Promise<void> {
    await manager.query(
      `update "flow_token" set superseded = now(), plan = '', answers = null
        where user_id = $1 and purpose = 'recovery' and stage_uuid is not null and spent is null and superseded is null`,
      [user],
    );
  }

  /** Invalidates the unused recovery links that were shown for a user. */
  async supersedeShown(manager: EntityManager, user: number): Promise<void> {
    await manager.query(
      `update "flow_token" set superseded = now(), plan = '', answers = null
        where user_id = $1 and purpose = 'recovery' and stage_uuid is null and spent is null and superseded is null`,
      [user],
    );
  }

  /**
   * Invalidates all unused links and codes of a user, and withdraws queued mails with them. The tokens lose their user,
   * so that no later change of the account makes them valid again.
   */
  async endAll(manager: EntityManager, user: number): Promise<void> {
    const [ended] = await manager.query<[{ pk: string; address: string }[], number]>(
      `update "flow_token" set user_id = null, plan = '', answers = null
        where user_id = $1 and spent is null and superseded is null and expires > now()
        returning token_uuid as pk, address`,
      [user],
    );
    await this.outbox.withdraw(manager, ended);
  }

  /**
   * Replaces the plan of the recovery link that was last shown, so that the same link is shown again while it is valid.
   *
   * @returns undefined if no shown link is valid
   */
  async replaceShownPlan(
    manager: EntityManager,
    { user, address, plan }: { readonly user: number; readonly address: string; readonly plan: FlowPlan },
  ): Promise<{ pk: string } | undefined> {
    const [shown] = await manager.query<{ pk: string }[]>(
      `select t.token_uuid as pk from "flow_token" t join "user" u on u.id = t.user_id
        where t.purpose = 'recovery' and t.stage_uuid is null and t.user_id = $1 and t.user_address = $2
          and t.flow_uuid = $3 and t.spent is null and t.superseded is null and t.expires > now() and ${matchesAccount}
        for update of t`,
      [user, address, plan.flow],
    );
    if (shown === undefined) return undefined;
    const sealed = await this.seal(manager, shown.pk, plan);
    await manager.query('update "flow_token" set plan = $2, answers = $3, execution = $4 where token_uuid = $1', [
      shown.pk,
      sealed.plan,
      sealed.answers,
      plan.execution,
    ]);
    return shown;
  }

  /** Returns the token of a secret, and its state in a flow. Changes nothing, and does the same work for every dead link. */
  async find(manager: EntityManager, secret: string, flow: string): Promise<FoundFlowToken> {
    const [{ data, ...row }] = await manager.query<
      [Omit<FoundFlowToken, 'plan'> & { plan: string | null; data: string | null }]
    >(
      `select t.token_uuid as pk, t.purpose, case when t.stage_uuid is not null then t.address end as address, t.plan, a.data, ${stateExpression('$2')} as state
         from (select $1::bytea as key_hash) link
         left join "flow_token" t using (key_hash)
         left join "run_answers" a on a.key = t.answers
         left join "user" u on u.id = t.user_id`,
      [secretDigest(secret), flow],
    );
    return { ...row, plan: row.state === 'live' ? this.open(String(row.pk), row.plan ?? '', data) : undefined };
  }

  /** Returns the state of a token in a flow. */
  async stateOf(manager: EntityManager, pk: string, flow: string): Promise<FlowTokenState> {
    const [row] = await manager.query<{ state: FlowTokenState }[]>(
      `select ${stateExpression('$2')} as state
         from "flow_token" t left join "user" u on u.id = t.user_id where t.token_uuid = $1`,
      [pk, flow],
    );
    return row?.state ?? 'unknown';
  }

  /**
   * Spends a token. Of concurrent attempts one succeeds, because a single statement checks all conditions and spends it.
   * It also invalidates the links that the stage has mailed in the run for other accounts: a mail with a choice of
   * accounts opens one of them. The rows are locked in the order of their keys, so that no two attempts deadlock.
   */
  async spend(manager: EntityManager, pk: string, claim: Claim): Promise<boolean> {
    const { purposes, flow, user, execution, by, stage = null, address = null, minutes = null } = claim;
    const [row] = await manager.query<[{ spent: boolean }]>(
      `with unused as (
         select token_uuid from "flow_token"
          where execution = $5 and spent is null and superseded is null and (token_uuid = $1 or user_id <> $4)
          order by token_uuid for update
       ), spent as (
         update "flow_token" t set spent = now(), spent_by = $9, plan = '', answers = null
           from unused, "user" u
          where t.token_uuid = $1 and t.token_uuid = unused.token_uuid and t.expires > now()
            and t.purpose = any($2) and t.flow_uuid = $3 and t.user_id = $4 and t.execution = $5
            and ($6::uuid is null or t.stage_uuid = $6) and ($7::text is null or t.address = $7)
            and ($8::int is null or t.created + $8 * interval '1 minute' > now())
            and u.id = t.user_id and ${matchesAccount}
         returning t.stage_uuid
       ), others as (
         update "flow_token" t set superseded = now(), plan = '', answers = null
           from unused, spent
          where t.token_uuid = unused.token_uuid and t.token_uuid <> $1 and t.stage_uuid = spent.stage_uuid
       )
       select exists (select from spent) as spent`,
      [pk, purposes, flow, user, execution, stage, address, minutes, by],
    );
    return row.spent;
  }

  /** Returns the proof of a token; undefined unless it is spent. */
  async proofOf(manager: EntityManager, pk: string): Promise<Proof | undefined> {
    const [proof] = await manager.query<Proof[]>(
      `select purpose, user_id as "user", address, stage_uuid as stage, execution, spent_by as method
         from "flow_token" where token_uuid = $1 and spent is not null`,
      [pk],
    );
    return proof;
  }

  /** Whether a link that a stage has mailed in a run was used after the last mail. */
  async isUsedElsewhere(manager: EntityManager, execution: string, stage: string): Promise<boolean> {
    const [row] = await manager.query<[{ used: boolean | null }]>(
      `select max(spent) > max(created) as used from "flow_token" where execution = $1 and stage_uuid = $2`,
      [execution, stage],
    );
    return row.used ?? false;
  }

  /** @param storedAnswers key of the answers if they are stored already */
  private async seal(
    manager: EntityManager,
    pk: string,
    plan: FlowPlan,
    storedAnswers?: string | null,
  ): Promise<{ plan: string; answers: string | null }> {
    const behindButton = { ...plan, bindings: [{ inMemory: confirmStage }, ...plan.bindings] };
    const { plan: stored, answers } = await this.answers.store(manager, behindButton, storedAnswers);
    return { plan: this.secrets.seal(JSON.stringify(stored), planPlace(pk)), answers };
  }

  private open(pk: string, plan: string, answers: string | null): FlowPlan | undefined {
    try {
      const stored: unknown = JSON.parse(this.secrets.open(plan, planPlace(pk)) || 'null');
      return parsePlan(this.answers.join(stored, answers));
    } catch (error) {
      // Sealed under another SECRET_KEY, or damaged.
      if (error instanceof SealBrokenError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
