import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import openapiTypeScript, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The TypeScript client, built as its `prepack` script builds it. */
export interface BuiltClient {
  /** The package. */
  readonly folder: string;
  /** An application that has installed the package; it finds the packages of this project too. */
  readonly application: string;
  remove(): Promise<void>;
}

/** Builds the TypeScript client in a temporary folder. @throws Error with the messages of the compiler */
export async function buildClient(): Promise<BuiltClient> {
  const parent = await mkdtemp(join(tmpdir(), 'client-'));
  const [folder, application] = [join(parent, 'client'), join(parent, 'application')];
  await cp(join(root, 'clients/typescript'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\/dist$/.test(path.slice(root.length)),
  });
  await symlink(join(root, 'node_modules'), join(parent, 'node_modules'));
  const installed = join(application, 'node_modules/@email-stage');

  await mkdir(installed, { recursive: true });
  await symlink(folder, join(installed, 'client'));
  await writeFile(join(application, 'package.json'), '{ "type": "module" }');
  const types = astToString(await openapiTypeScript(new URL('../../schema.yml', import.meta.url)));
  await writeFile(join(folder, 'src/schema.ts'), types);
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  compile(fileNames, options);
  return { folder, application, remove: () => rm(parent, { recursive: true }) };
}

/** Compiles files. @throws Error with the messages of the compiler */
export function compile(files: readonly string[], options: ts.CompilerOptions): void {
  const program = ts.createProgram(files, options);
  const problems = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (problems.length > 0) throw new Error(problems.map(describe).join('\n'));
}

function describe({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? 0 : ts.getLineAndCharacterOfPosition(file, start).line + 1;
  return `${file?.fileName ?? ''}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}
