import { SMTPServer } from 'smtp-server';

/** A mail server that accepts everything and stores nothing. Sends its port to the parent process. */
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData: (stream, _session, callback) => {
    stream.resume().on('end', () => callback());
  },
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.server.address() as { port: number };
  process.send?.(port);
});
process.on('disconnect', () => process.exit(0));
