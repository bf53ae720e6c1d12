import { Controller, type DynamicModule, Inject, Module, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { ResourceController } from '../core/access/resource-controller.js';
import { Authority } from '../core/authority/authority.service.js';
import { FlowExecutionModule } from '../flow-execution/flow-execution.module.js';
import type { StageExecutor } from '../flow-execution/stage-executor.js';
import { StageExecutors } from '../flow-execution/stage-executors.js';
import { FlowSetReader } from '../flows/flow-set.js';
import { FlowsModule } from '../flows/flows.module.js';
import { StageKinds } from '../flows/stage-kinds.js';
import { StageStore } from '../flows/stage-store.js';
import type { StageDefinition } from './define-stage.js';

const DEFINITION = Symbol('stage definition');
const EXECUTOR = Symbol('stage executor');

/** The module of a kind of stage, derived from its definition: routes, store and executor. */
@Module({})
export class StageModule {
  constructor(
    kinds: StageKinds,
    executors: StageExecutors,
    @Inject(DEFINITION) definition: StageDefinition,
    @Inject(EXECUTOR) executor: StageExecutor,
  ) {
    kinds.register(definition);
    executors.register(executor);
  }

  /** Returns the module of a kind, with the imports, controllers and providers of its definition. */
  static of(definition: StageDefinition): DynamicModule {
    const { executor, store: Store = StageStore, imports = [], controllers = [], providers = [] } = definition;
    if (executor === undefined) throw new Error(`the stage kind ${definition.kind} has no executor`);
    return {
      module: StageModule,
      imports: [FlowExecutionModule, FlowsModule, ...imports],
      controllers: [controllerOf(definition), ...controllers],
      providers: [
        executor,
        { provide: EXECUTOR, useExisting: executor },
        { provide: DEFINITION, useValue: definition },
        {
          provide: StageStore,
          inject: [DataSource, FlowSetReader, Authority],
          useFactory: (dataSource: DataSource, flowSets: FlowSetReader, authority: Authority): StageStore =>
            new Store(definition, dataSource, flowSets, authority),
        },
        ...providers,
      ],
    };
  }
}

function controllerOf(definition: StageDefinition): Type {
  @ApiTags('stages')
  @Controller(definition.path)
  class StageController extends ResourceController(definition.resource, definition) {
    constructor(@Inject(StageStore) store: StageStore) {
      super(store);
    }
  }
  return StageController;
}
