import { Body, Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { permissionModels } from '../../core/permissions/permission-models.js';
import { codename } from '../../rest/access/route-access.js';
import { Current } from '../../rest/access/visible.js';
import { boolean, Rejection } from '../../rest/fields/coercions.js';
import { RequestBody } from '../../rest/http/request-body.js';
import { Flow } from '../flow.entity.js';
import { flows } from '../flow.resource.js';
import { FlowImportRequestDto, FlowImportResultDto } from './dto/flow-import.dto.js';
import { Exporter } from './exporter.service.js';
import { log } from './import-logs.js';
import { Importer } from './importer.service.js';
import { limits } from './limits.js';
import { onUnknown } from './missing-kinds.js';

/** Models in the file of a flow. The reference requires permissions on policies too, which do not exist here. */
const models = [
  'authentik_flows.flow',
  'authentik_flows.flowstagebinding',
  'authentik_flows.stage',
  'authentik_policies.policybinding',
  'authentik_stages_prompt.prompt',
].filter((model) => permissionModels.includes(model));
const mayView = models.map((model) => codename(model, 'view'));
const mayWrite = models.flatMap((model) => [codename(model, 'add'), codename(model, 'change')]);

/** `/flows/instances/`: export and import of flows. */
@ApiTags('flows')
@Controller('flows/instances')
export class TransferController {
  constructor(
    private readonly exporter: Exporter,
    private readonly importer: Importer,
  ) {}

  @flows.detailAction({
    method: 'GET',
    path: 'export',
    operation: 'export_retrieve',
    description: 'Export one flow with its stages as a file for the import. The file contains no passwords.',
    permissions: ['authentik_flows.export_flow'],
    everywhere: mayView,
    responses: [{ status: 200, content: { 'application/yaml': { schema: { type: 'string', format: 'binary' } } } }],
  })
  async export(@Current() flow: Flow, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const text = await this.exporter.export(flow.pk);
    reply.header('content-disposition', `attachment; filename="${flow.slug}.yaml"`);
    reply.type('application/yaml; charset=utf-8');
    return text;
  }

  /** Errors in a file appear in the logs of the response; the status is 200 for any uploaded file. */
  @flows.collectionAction({
    method: 'POST',
    path: 'import',
    operation: 'import_create',
    description:
      'Write the objects of a file, YAML or JSON, of at most 1 MB. Everything in it is written, or nothing; the log says ' +
      'which entry is wrong. You need the permissions that the same writes need one by one. Kinds of objects that are not ' +
      'here are refused, all of them in one log entry, or left out with `on_unknown=skip`: what they were bound to denies.',
    access: { level: 'authenticated', everywhere: mayWrite },
    form: { type: FlowImportRequestDto, largestFile: limits.file },
    responses: [
      { status: 200, type: FlowImportResultDto },
      { status: 204, type: FlowImportResultDto, description: 'Never sent.' },
      { status: 400, type: FlowImportResultDto },
    ],
  })
  async import(
    @CurrentCaller() caller: Caller,
    @Body() body: RequestBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowImportResultDto> {
    const { file, fields } = await body.form();
    const action = fields.get(onUnknown);
    const dryRun = readFlag(fields.get('dry_run'));
    if (file !== undefined && dryRun !== undefined) {
      return this.importer.import(file, { caller, dryRun, ...(action && { onUnknown: action }) });
    }
    reply.status(400);
    const logs = dryRun === undefined ? [log('error', 'dry_run: Must be a valid boolean.', {})] : [];
    return { logs, success: false };
  }
}

/** Returns undefined for what is neither true nor false: then nothing may be written. */
function readFlag(text: string | undefined): boolean | undefined {
  if (text === undefined || text === '') return false;
  try {
    return boolean()(text);
  } catch (error) {
    if (error instanceof Rejection) return undefined;
    throw error;
  }
}
