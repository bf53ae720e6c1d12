/** Returns the message of an error for the operator, with what to do about an address that cannot be bound. */
export function reasonOf(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `${address}:${port} is already in use. Set PORT to a free port.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine. Set HOST to one that is.`;
  if (code === 'EACCES' && port !== undefined) return `this user may not bind port ${port}. Set PORT to another port.`;
  if (error instanceof AggregateError) return error.errors.map((each) => (each as Error).message).join('; ');
  return message;
}
