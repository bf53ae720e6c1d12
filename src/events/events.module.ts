import { Module } from '@nestjs/common';

import { EventLog } from './event-log.js';
import { EventController } from './event.controller.js';
import { EventService } from './event.service.js';
import { EventShipper } from './shipping/event-shipper.service.js';

/** The audit log: other modules write events through `EventLog`. */
@Module({ controllers: [EventController], providers: [EventLog, EventService, EventShipper], exports: [EventLog] })
export class EventsModule {}
