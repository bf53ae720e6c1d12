import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Reference } from './used-by.js';

/** Finds what refers to the object with this key. */
type Finder = (manager: EntityManager, pk: unknown) => readonly Reference[];

/** What refers to objects that know nothing of it: whatever stands on a higher floor says so itself. */
@Injectable()
export class Referrers {
  private readonly finders = new Map<string, Finder[]>();

  /** @param model of the objects that are referred to, `<app>.<model>` */
  register(model: string, finder: Finder): void {
    this.finders.set(model, [...(this.finders.get(model) ?? []), finder]);
  }

  /** Everything that was registered for the model, about one object. */
  of(model: string, manager: EntityManager, pk: unknown): Reference[] {
    return (this.finders.get(model) ?? []).flatMap((finder) => finder(manager, pk));
  }
}
