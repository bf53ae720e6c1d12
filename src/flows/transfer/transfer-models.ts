import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

import { permissionModels } from '../../core/permissions/permission-models.js';
import { StageStore } from '../stage-store.js';
import { stageTransfer } from './stage-transfer.js';
import type { FindableModel, MetaEntry, TransferModel } from './transfer-model.js';

/** Credentials that no permission is for. */
const credentials = ['authentik_core.authenticatedsession', 'authentik_core.session', 'authentik_flows.flowtoken'];

/** Models that files never contain although authentik has them: base models and credentials. */
const neverHeld = [
  ...credentials,
  'authentik_core.propertymapping',
  'authentik_core.provider',
  'authentik_core.source',
  'authentik_policies.policy',
  'authentik_policies.policybindingmodel',
];

/** The models that files can hold or refer to. Stages of every kind are there by themselves; others are registered. */
@Injectable()
export class TransferModels implements OnModuleInit {
  private readonly held = new Map<string, TransferModel>();
  private readonly meta = new Map<string, (entry: MetaEntry) => Promise<void>>();
  private readonly found = new Map<string, FindableModel>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders() as { instance: unknown }[]) {
      if (instance instanceof StageStore) this.register(stageTransfer(instance as StageStore));
    }
  }

  /** Registers what an entry of a model without objects requires. @param require throws a BlueprintError */
  registerMeta(model: string, require: (entry: MetaEntry) => Promise<void>): void {
    this.meta.set(model, require);
  }

  findMeta(model: string): ((entry: MetaEntry) => Promise<void>) | undefined {
    return this.meta.get(model);
  }

  register(model: TransferModel): void {
    this.held.set(model.model, model);
    if (!model.isKeySecret) this.registerFindable(model);
  }

  /** For a model whose objects files refer to and never hold. */
  registerFindable(model: FindableModel): void {
    this.found.set(model.model, model);
  }

  /** The model whose objects files can hold; undefined for every other. */
  find(model: string): TransferModel | undefined {
    return this.held.get(model);
  }

  findable(model: string): FindableModel | undefined {
    return this.found.get(model);
  }

  /** The model whose objects files can refer to and that an entity stores; undefined if there is none. */
  findableBy(entity: FindableModel['entity']): FindableModel | undefined {
    return [...this.found.values()].find((model) => model.entity === entity);
  }

  /** Whether objects of this model exist in this service. */
  isHere(model: string): boolean {
    return permissionModels.includes(model) || credentials.includes(model);
  }

  /** Whether there is such a model and files may not hold it. */
  isWithheld(model: string): boolean {
    return permissionModels.includes(model) || neverHeld.includes(model);
  }
}
