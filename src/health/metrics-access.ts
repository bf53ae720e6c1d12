import { BlockList, isIP } from 'node:net';

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { networkOf } from '../config/networks.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { isSameSecret } from '../rest/access/same-secret.js';

/** Access to the metrics: holders of METRICS_TOKEN and clients in METRICS_NETWORKS; nobody by default. */
@Injectable()
export class MetricsAccess {
  private readonly networks = new BlockList();

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    for (const network of settings.metricsNetworks) {
      const { address, bits, family } = networkOf(network);
      this.networks.addSubnet(address, bits, family);
    }
  }

  admits(request: FastifyRequest): boolean {
    return this.holdsToken(request.headers.authorization) || this.isInNetworks(request.ip);
  }

  /** Accepts the token as Bearer, or as a Basic password with any username for scrapers without Bearer support. */
  private holdsToken(authorization = ''): boolean {
    const { metricsToken } = this.settings;
    const [, scheme = '', credentials = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization.trim()) ?? [];
    if (metricsToken === undefined || credentials === '') return false;
    if (scheme.toLowerCase() === 'bearer') return isSameSecret(metricsToken, credentials);
    const password = Buffer.from(credentials, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
    return isSameSecret(metricsToken, password);
  }

  /** @param ip address of the peer, or of the client behind a proxy in TRUST_PROXY */
  private isInNetworks(ip: string): boolean {
    const address = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    return isIP(address) !== 0 && this.networks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
}
