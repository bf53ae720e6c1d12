import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiQuery, ApiResponse, ApiSecurity, ApiTags, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { stringify } from 'yaml';

import { AppError } from '../errors/app-error.js';
import { GenericErrorDto, ValidationErrorDto } from './error.dto.js';

const yaml = ['application/vnd.oai.openapi', 'application/yaml'];
const json = ['application/vnd.oai.openapi+json', 'application/json'];
const produces = [...yaml, ...json];
const anything = { type: 'object', additionalProperties: {} } as const;

/**
 * The document, built for the first request to it: building takes as long as the rest of the start, and most processes
 * never serve it.
 */
export class SchemaDocument {
  private document: OpenAPIObject | undefined;
  private readonly texts: { json?: string; yaml?: string } = {};
  private build: (() => OpenAPIObject) | undefined;

  /** @param build builds the document, once all routes are registered */
  set(build: () => OpenAPIObject): void {
    this.build = build;
  }

  get(): OpenAPIObject {
    if (this.build === undefined) throw new Error('the routes are not registered yet');
    return (this.document ??= this.build());
  }

  text(format: 'json' | 'yaml'): string {
    return (this.texts[format] ??= format === 'json' ? JSON.stringify(this.get()) : toYaml(this.get()));
  }
}

/** Serializes the document as it is committed and served. */
function toYaml(document: OpenAPIObject): string {
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** `/schema/` */
@ApiTags('schema')
@Controller('schema')
export class SchemaController {
  constructor(private readonly document: SchemaDocument) {}

  @Get()
  @RouteConfig({ access: { level: 'public' }, produces })
  @ApiOperation({
    operationId: 'schema_retrieve',
    description: 'This document as YAML or JSON, selected by `format` or the `Accept` header.',
  })
  @ApiSecurity({})
  @ApiSecurity('authentik')
  @ApiQuery({
    name: 'format',
    required: false,
    description: 'Format of the document.',
    schema: { type: 'string', enum: ['json', 'yaml'] },
  })
  @ApiQuery({ name: 'lang', required: false, schema: { type: 'string' }, description: 'Has no effect.' })
  @ApiResponse({
    status: 200,
    description: '',
    content: Object.fromEntries(produces.map((type) => [type, { schema: { ...anything } }])),
  })
  @ApiResponse({ status: 400, description: '', type: ValidationErrorDto })
  @ApiResponse({ status: 403, description: '', type: GenericErrorDto })
  @ApiResponse({ status: 404, description: '', type: GenericErrorDto })
  retrieve(
    @Query('format') format: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    if (format !== undefined && format !== 'json' && format !== 'yaml') throw new AppError('notFound');
    const candidates = format === 'json' ? json : format === 'yaml' ? yaml : produces;
    const type = new Negotiator(request.raw).mediaType([...candidates]) ?? candidates[0] ?? '';
    void reply.type(`${type}; charset=utf-8`).send(this.document.text(json.includes(type) ? 'json' : 'yaml'));
  }
}
