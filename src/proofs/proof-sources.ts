import { Injectable } from '@nestjs/common';

import type { MailLimit } from './proof-limits.service.js';

/** How a stage mails proofs, for those that are not of a run. */
export interface ProofSource {
  readonly fromAddress: string;
  /** Null for the shipped template. */
  readonly template: string | null;
  /** Null for the subject of the template. */
  readonly subject: string | null;
  /** Validity of a link in minutes, as its mail states it. */
  readonly minutes: number;
  readonly limit: MailLimit;
}

type Finder = (stage: string) => Promise<ProofSource | undefined>;

/** Registry of stages that mail proofs. A kind of stage that does registers a finder. */
@Injectable()
export class ProofSources {
  private readonly finders: Finder[] = [];

  register(finder: Finder): void {
    this.finders.push(finder);
  }

  /** Returns how a stage mails proofs; undefined if there is no such stage, or it mails none. */
  async find(stage: string): Promise<ProofSource | undefined> {
    const found = await Promise.all(this.finders.map((find) => find(stage)));
    return found.find((source) => source !== undefined);
  }
}
