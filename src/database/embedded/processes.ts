import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A live process. */
export interface LiveProcess {
  /** Start time in an opaque format, for comparisons only; '' if unknown. */
  readonly started: string;
  /** Name of its program without the folder; '' if unknown. */
  readonly command: string;
}

/**
 * Returns the live process with this id; undefined if there is none, or only a zombie: in containers, process 1 often
 * does not reap its children, so that zombies persist.
 */
export async function findProcess(pid: number): Promise<LiveProcess | undefined> {
  if (process.platform === 'linux') return findInProc(pid);
  if (process.platform === 'win32') return isAlive(pid) ? { started: '', command: '' } : undefined;
  return findWithPs(pid);
}

async function findInProc(pid: number): Promise<LiveProcess | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // "pid (command) state ...": the command may contain spaces and parentheses. proc(5) numbers the fields from 1.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { started: fields[22 - 3] ?? '', command: stat.slice(stat.indexOf('(') + 1, end) };
}

async function findWithPs(pid: number): Promise<LiveProcess | undefined> {
  try {
    const format = ['-o', 'stat=', '-o', 'lstart=', '-o', 'comm='];
    const env = { PATH: process.env.PATH, LC_ALL: 'C' };
    const { stdout } = await promisify(execFile)('ps', [...format, '-p', String(pid)], { env });
    // lstart is five words: "Mon Jan  5 10:00:00 2026".
    const [, state, started, command] = /^\s*(\S+)\s+((?:\S+\s+){5})(.*)$/m.exec(stdout) ?? [];
    if (state === undefined || state.startsWith('Z')) return undefined;
    return { started: started?.trim() ?? '', command: command?.trim().split('/').at(-1) ?? '' };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
