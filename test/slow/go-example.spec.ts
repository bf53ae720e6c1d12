import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { integrationExamples } from '../support/integration-examples.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';

// The compiler takes a minute for the standard library.
it.skipIf(spawnSync('go', ['version']).error !== undefined)('The example for Go verifies an address', async () => {
  const sink = new SmtpSink();
  const app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
  const folder = await mkdtemp(join(tmpdir(), 'go-'));
  try {
    const email = `${randomUUID()}@example.org`;
    const [example] = (await integrationExamples()).filter(({ language }) => language === 'go');
    await writeFile(join(folder, 'main.go'), programWith(example!.code, email));
    const { PATH = '' } = process.env;
    const environment = { PATH, HOME: folder, EMAIL_STAGE_URL: app.url, EMAIL_STAGE_TOKEN: adminKey };
    const build = { ...environment, GOCACHE: join(folder, 'cache'), GO111MODULE: 'off' };
    await promisify(execFile)('go', ['build', '-o', 'example', 'main.go'], { cwd: folder, env: build });
    const child = spawn(join(folder, 'example'), { env: environment });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const { code } = await verificationMail(sink, email);
    child.stdin.end(`${code}\n`);
    await once(child, 'close');
    expect(output).toBe('approved\n');
  } finally {
    await app.stop();
    await sink.close();
    await rm(folder, { recursive: true });
  }
});

/** A program that calls the function of the example: it starts a verification, and checks the code that it reads. */
function programWith(example: string, email: string): string {
  return `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

${example}
func main() {
	verification, err := call("", map[string]string{"email": "${email}", "method": "code"})
	if err != nil {
		panic(err)
	}
	var code string
	fmt.Scanln(&code)
	checked, err := call(verification["pk"].(string)+"/check/", map[string]string{"code": code})
	if err != nil {
		panic(err)
	}
	fmt.Println(checked["status"])
}
`;
}
