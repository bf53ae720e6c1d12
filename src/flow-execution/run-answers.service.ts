import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SealBrokenError, SecretBox } from '../database/secret-box.js';
import type { FlowPlan } from './plan.js';

/** A plan as a session or a link stores it. */
export interface StoredPlan {
  /** The plan with the key of its answers in place of `prompt_data`. */
  readonly plan: object;
  /** Key of the answers; null if there are none. */
  readonly answers: string | null;
}

/** Stores the answers of a run (`prompt_data`) once for all sessions and links that refer to them. */
@Injectable()
export class RunAnswersStore {
  constructor(private readonly secrets: SecretBox) {}

  /**
   * Stores the answers of a plan, unless they are stored already.
   *
   * @param stored key that the session refers to; saves a statement if the answers are the same
   */
  async store(manager: EntityManager, plan: FlowPlan, stored?: string | null): Promise<StoredPlan> {
    const { prompt_data: answers, ...context } = plan.context;
    if (answers === undefined) return { plan, answers: null };
    const json = JSON.stringify(answers);
    const key = this.keyOf(plan.execution, json);
    if (key !== stored) {
      await manager.query('insert into "run_answers" (key, data) values ($1, $2) on conflict do nothing', [
        key,
        this.secrets.seal(json, answersPlace(key)),
      ]);
    }
    return { plan: { ...plan, context: { ...context, prompt_data: key } }, answers: key };
  }

  /** Reads the sealed answers with a key; null if there are none. */
  async read(manager: EntityManager, key: string | null): Promise<string | null> {
    if (key === null) return null;
    const [row] = await manager.query<{ data: string }[]>('select data from "run_answers" where key = $1', [key]);
    return row?.data ?? null;
  }

  /**
   * Returns a stored plan with its answers. If they are missing, or not those that the plan refers to, their key stays in
   * the plan, which `parsePlan` refuses.
   */
  join(stored: unknown, data: string | null): unknown {
    const { context } = (stored ?? {}) as { context?: { prompt_data?: unknown } };
    const key = context?.prompt_data;
    if (typeof key !== 'string' || data === null) return stored;
    try {
      const answers: unknown = JSON.parse(this.secrets.open(data, answersPlace(key)));
      return { ...(stored as object), context: { ...context, prompt_data: answers } };
    } catch (error) {
      if (error instanceof SealBrokenError) return stored;
      throw error;
    }
  }

  private keyOf(execution: string, json: string): string {
    return this.secrets.identifier(`${execution}:${json}`);
  }
}

/** Returns the place of sealed answers. */
export function answersPlace(key: string): string {
  return `run_answers.data:${key}`;
}
