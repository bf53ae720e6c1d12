import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';

import { credentials } from './smtp/certificates.js';

/** A mailbox that is read by IMAP with TLS (RFC 9051), with the commands that a short script needs. */
export class ImapMailbox {
  /** Numbers of the mails that are seen. */
  readonly seen = new Set<number>();
  private readonly server: Server;

  constructor(private readonly mails: readonly string[]) {
    this.server = createServer(credentials('localhost'), (socket) => {
      let rest = '';
      socket.on('error', () => undefined).write('* OK ready\r\n');
      socket.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\r\n');
        rest = lines.pop() ?? '';
        for (const line of lines) socket.write(this.answer(line));
      });
    });
  }

  /** @returns its port on 127.0.0.1 */
  async listen(): Promise<number> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
  }

  private answer(line: string): string {
    const [tag = '', command = '', argument = ''] = line.split(' ');
    return `${this.data(command, Number(argument))}${tag} OK done\r\n`;
  }

  private data(command: string, number: number): string {
    const unseen = this.mails.map((_, index) => index + 1).filter((each) => !this.seen.has(each));
    const mail = this.mails[number - 1] ?? '';
    if (command === 'STORE') this.seen.add(number);
    if (command === 'CAPABILITY') return '* CAPABILITY IMAP4rev1\r\n';
    if (command === 'SEARCH') return `* SEARCH ${unseen.join(' ')}\r\n`;
    if (command === 'LOGOUT') return '* BYE\r\n';
    return command === 'FETCH' ? `* ${number} FETCH (BODY[] {${Buffer.byteLength(mail)}}\r\n${mail})\r\n` : '';
  }
}
