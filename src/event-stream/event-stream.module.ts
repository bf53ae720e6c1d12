import { Module } from '@nestjs/common';

import { EventFeed } from './event-feed.js';
import { EventStreamStore } from './event-stream-store.js';
import { EventStreamController } from './event-stream.controller.js';
import { EventStreams } from './event-streams.service.js';

/** Server-sent events: what happens, as it happens. */
@Module({
  controllers: [EventStreamController],
  providers: [EventFeed, EventStreams, EventStreamStore],
  exports: [EventStreams],
})
export class EventStreamModule {}
