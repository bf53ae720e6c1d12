#!/usr/bin/env node
import 'reflect-metadata';
import './config/home-folder.js';

import { runCommand } from './commands/run-command.js';

await runCommand(process.argv.slice(2));
