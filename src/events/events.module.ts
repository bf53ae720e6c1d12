import { Module } from '@nestjs/common';

import { EventLog } from './event-log.js';
import { EventController } from './event.controller.js';
import { EventService } from './event.service.js';

/** What happened: written by others, told here. */
@Module({ controllers: [EventController], providers: [EventLog, EventService], exports: [EventLog] })
export class EventsModule {}
