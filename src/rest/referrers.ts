import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Reference } from './used-by.js';

/** Finds the references to the object with this key. */
type Finder = (manager: EntityManager, pk: unknown) => readonly Reference[];

/** Registry of references from rooms on higher floors. */
@Injectable()
export class Referrers {
  private readonly finders = new Map<string, Finder[]>();

  /** @param model the referenced model, `<app>.<model>` */
  register(model: string, finder: Finder): void {
    this.finders.set(model, [...(this.finders.get(model) ?? []), finder]);
  }

  /** Returns all registered references to one object of the model. */
  of(model: string, manager: EntityManager, pk: unknown): Reference[] {
    return (this.finders.get(model) ?? []).flatMap((finder) => finder(manager, pk));
  }
}
