import { homedir } from 'node:os';

// A user id without an entry in passwd has no home folder unless HOME is set, and graphile-worker ends the process while it
// is imported. Container runtimes set the same value.
try {
  homedir();
} catch {
  process.env['HOME'] = '/';
}
