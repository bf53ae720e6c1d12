import { UsageError } from './command-error.js';
import { type Command, commands, usage } from './commands.js';
import { reasonOf } from './reason-of.js';

/** Runs the command that the arguments name, `start` by default. Prints why it failed, and sets the exit status. */
export async function runCommand([name = 'start', ...args]: string[]): Promise<void> {
  const command = commands.get(name);
  if (isHelp(name)) print(usage);
  else if (command === undefined) fail(`Unknown command '${name}'\n\n${usage}`);
  else if (args.some(isHelp)) print(command.usage);
  else await run(command, args);
}

async function run(command: Command, args: string[]): Promise<void> {
  try {
    await (await command.load()).run(args);
  } catch (error) {
    fail(isUsageError(error) ? `${error.message}\n\n${command.usage}` : `${reasonOf(error)}\n`);
  }
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

/** Whether `parseArgs` or the command refused the arguments. */
function isUsageError(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(text: string): void {
  process.stderr.write(text);
  process.exitCode = 1;
}
