import { Global, Module } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { OutgoingNetworks } from './outgoing-networks.js';

/** The guard of requests to URLs of API clients, by the settings. */
@Global()
@Module({
  providers: [
    {
      provide: OutgoingNetworks,
      inject: [SETTINGS],
      useFactory: ({ webhookAllow }: Settings) => new OutgoingNetworks(webhookAllow, 'WEBHOOK_ALLOW'),
    },
  ],
  exports: [OutgoingNetworks],
})
export class OutgoingModule {}
