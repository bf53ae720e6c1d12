import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'UserLogin',
  path: '/stages/user_login/',
  needed: {},
  others: {
    sessionDuration: 'hours=8',
    terminateOtherSessions: true,
    rememberMeOffset: 'days=30',
    networkBinding: 'bind_asn_network_ip',
    geoipBinding: 'bind_continent_country',
  },
  filters: ['name', 'stageUuid', 'sessionDuration', 'rememberMeOffset', 'networkBinding', 'geoipBinding'],
});
