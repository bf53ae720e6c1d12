import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { UserSettingDto } from './dto/stage.dto.js';

/** A kind of stage. Names are the reference's and part of the API. */
export interface StageKind {
  /** The reference's name and the discriminator in the database: `user_login`. */
  readonly kind: string;
  /** The reference's name: `authentik_stages_email.emailstage`. */
  readonly model: string;
  /** The form that edits it: `ak-stage-email-form`. */
  readonly component: string;
  readonly verboseName: string;
  readonly verboseNamePlural: string;
  /** What such a stage does, for administrators who choose one. */
  readonly description: string;
  /** Returns what users can set up for themselves with stages of this kind. */
  readonly userSettings?: (manager: EntityManager) => Promise<UserSettingDto[]>;
}

/** Registry of the kinds of stages. Each kind's module registers its own. */
@Injectable()
export class StageKinds {
  private readonly kinds = new Map<string, StageKind>();

  register(kind: StageKind): void {
    this.kinds.set(kind.kind, kind);
  }

  get(kind: string): StageKind {
    const known = this.kinds.get(kind);
    if (known === undefined) throw new Error(`no module has registered the stage kind ${kind}`);
    return known;
  }

  /** Every kind, sorted by name. */
  all(): StageKind[] {
    return [...this.kinds.values()].sort((a, b) => (a.verboseName < b.verboseName ? -1 : 1));
  }
}
