import 'reflect-metadata';

import fastify from 'fastify';
import { Pool } from 'pg';

import { hashTokenKey } from '../../src/core/access/token-key.js';
import { callersByToken } from '../../src/core/authentication/authentication.service.js';

/**
 * The ceiling: serves the same requests with plain Fastify and pg. It looks up the token with the service's statement
 * and builds each body with one hand-written statement; no validation, permissions, error handling or log.
 * Sends its port to the parent process.
 */
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 20 });
const server = fastify();

const flowSet = `
  coalesce((select json_agg(f) from (
    select flow.flow_uuid as pk, flow.pbm_uuid as policybindingmodel_ptr_id, flow.name, flow.slug, flow.title,
           flow.designation, '/static/dist/assets/images/flow_background.jpg' as background, flow.policy_engine_mode,
           flow.compatibility_mode, concat('/api/v3/flows/instances/', flow.slug, '/export/') as export_url,
           flow.layout, flow.denied_action
      from flow_stage_binding binding join flow on flow.flow_uuid = binding.target_uuid
     where binding.stage_uuid = stage.stage_uuid order by flow.slug, binding."order"
  ) f), '[]')`;

const columns = `
  stage.stage_uuid as pk, name, 'ak-stage-email-form' as component, 'Email Stage' as verbose_name,
  'Email Stages' as verbose_name_plural, 'authentik_stages_email.emailstage' as meta_model_name, ${flowSet} as flow_set,
  use_global_settings, host, port, username, password <> '' as password_set, use_tls, use_ssl, timeout, from_address,
  token_expiry, subject, template, activate_user_on_success, recovery_max_attempts, recovery_cache_timeout,
  transport_uuid as transport`;

const pageOf = (condition: string, order: string): string => `
  select (select count(*)::int from stage where kind = 'email' ${condition}) as count,
         (select json_agg(page) from (
           select ${columns} from (
             select * from stage where kind = 'email' ${condition} order by ${order}, stage_uuid limit $1 offset $2
           ) stage
         ) page)::text as results`;

const plainPage = { name: 'page', text: pageOf('', 'name') };
const filteredPage = {
  name: 'filtered',
  text: pageOf(`and use_tls = $3 and port = $4 and name ilike $5`, 'subject desc'),
};
const one = {
  name: 'one',
  text: `select row_to_json(page)::text as body from (
  select ${columns} from stage where kind = 'email' and stage_uuid = $1) page`,
};

interface ListQuery {
  page_size: string;
  page?: string;
  use_tls?: string;
  port?: string;
  search?: string;
}

async function authenticate(header = ''): Promise<void> {
  const key = hashTokenKey(header.slice('Bearer '.length));
  const { rowCount } = await pool.query({ name: 'caller', text: callersByToken, values: [[key]] });
  if (rowCount !== 1) throw new Error('unknown token');
}

server.get<{ Querystring: ListQuery }>('/api/v3/stages/email/', async (request, reply) => {
  await authenticate(request.headers.authorization);
  const { page_size: size, page = '1', use_tls: tls, port, search } = request.query;
  const [limit, current] = [Number(size), Number(page)];
  const offset = (current - 1) * limit;
  const { rows } = await pool.query<{ count: number; results: string }>(
    tls === undefined
      ? { ...plainPage, values: [limit, offset] }
      : { ...filteredPage, values: [limit, offset, tls, port, `%${search ?? ''}%`] },
  );
  const [{ count, results } = { count: 0, results: '[]' }] = rows;
  const pages = Math.ceil(count / limit);
  const pagination = {
    next: current < pages ? current + 1 : 0,
    previous: current - 1,
    count,
    current,
    total_pages: pages,
    start_index: offset + 1,
    end_index: Math.min(offset + limit, count),
  };
  void reply.type('application/json');
  return `{"pagination":${JSON.stringify(pagination)},"results":${results}}`;
});

server.get<{ Params: { pk: string } }>('/api/v3/stages/email/:pk/', async (request, reply) => {
  await authenticate(request.headers.authorization);
  const { rows } = await pool.query<{ body: string }>({ ...one, values: [request.params.pk] });
  void reply.type('application/json');
  return rows[0]?.body;
});

await server.listen({ port: 0, host: '127.0.0.1' });
process.send?.((server.server.address() as { port: number }).port);
process.on('disconnect', () => process.exit(0)).on('SIGTERM', () => process.exit(0));
