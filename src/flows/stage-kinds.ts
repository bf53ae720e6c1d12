import { Injectable } from '@nestjs/common';

import type { UserSettingDto } from './dto/stage.dto.js';

/** What is known of a kind of stage without looking into one. Texts are the reference's, they are part of the API. */
export interface StageKind {
  /** The discriminator in the database: `email`. */
  readonly kind: string;
  /** The reference's name: `authentik_stages_email.emailstage`. */
  readonly model: string;
  /** The form that edits it: `ak-stage-email-form`. */
  readonly component: string;
  readonly verboseName: string;
  readonly verboseNamePlural: string;
  /** What such a stage does, for those who choose one. */
  readonly description: string;
  /** Tells what users can set up for themselves with stages of this kind, in the order in which it is told. */
  readonly userSettings?: () => Promise<UserSettingDto[]>;
}

/** The kinds of stages that there are. Each kind's module registers its own. */
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

  /** Every kind, by name. */
  all(): StageKind[] {
    return [...this.kinds.values()].sort((a, b) => (a.verboseName < b.verboseName ? -1 : 1));
  }
}
