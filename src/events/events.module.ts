import { Module } from '@nestjs/common';

import { EventLog } from './event-log.js';
import { EventController } from './event.controller.js';
import { EventService } from './event.service.js';
import { EventOutbox } from './outbox/event-outbox.js';
import { EventShipper } from './shipping/event-shipper.service.js';

/** The audit log: other modules write events through `EventLog`, and those for other systems through `EventOutbox`. */
@Module({
  controllers: [EventController],
  providers: [EventLog, EventOutbox, EventService, EventShipper],
  exports: [EventLog, EventOutbox],
})
export class EventsModule {}
