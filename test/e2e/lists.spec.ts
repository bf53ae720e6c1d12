import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

/** Names as they sort in every collation: one word of digits, then a distinguishing suffix. */
const stages = [
  { name: '01 plain', port: 587, use_tls: true },
  { name: '02 a%b', port: 25, use_tls: false },
  { name: '03 a_b', port: 588, use_tls: true },
  { name: '04 \\ "quoted"', port: -5, use_tls: false },
  { name: "05 Two Words it's", port: 587, use_tls: false },
];

beforeAll(async () => {
  app = await startTestApp();
  for (const stage of stages) await createEmailStage(app.api, stage);
});
afterAll(() => app.stop());

interface Outcome {
  status: number;
  body: { pagination: Record<string, number>; results: { name: string; pk: string }[]; detail?: string };
}

function list(query: string): Promise<Outcome> {
  return app.api.get(`/stages/email/?${query}`);
}

/** The numbers at the start of the names of the found stages. */
async function found(query: string): Promise<number[]> {
  const { status, body } = await list(query);
  expect(status).toBe(200);
  return body.results.map(({ name }) => parseInt(name, 10));
}

const all = [1, 2, 3, 4, 5];

describe('A page of a list', () => {
  it('has a pagination of numbers only, before its results', async () => {
    const { body } = await list('page_size=2&page=2');
    expect(JSON.stringify(body.pagination)).toBe(
      '{"next":3,"previous":1,"count":5,"current":2,"total_pages":3,"start_index":3,"end_index":4}',
    );
    expect(Object.keys(body)).toEqual(['pagination', 'results']);
    expect(body.results.map(({ name }) => name)).toEqual([stages[2]!.name, stages[3]!.name]);
  });

  it('ends with the last row for page=last', async () => {
    const { body } = await list('page_size=2&page=last');
    expect(Object.values(body.pagination)).toEqual([0, 2, 5, 3, 3, 5, 5]);
    expect(body.results).toHaveLength(1);
  });

  it('of an empty list is page 1 and the last page; page 2 answers 404', async () => {
    const { body } = await list('name=nope');
    expect(JSON.stringify(body)).toBe(
      '{"pagination":{"next":0,"previous":0,"count":0,"current":1,"total_pages":1,"start_index":0,"end_index":0},"results":[]}',
    );
    expect((await list('name=nope&page=1')).status).toBe(200);
    expect((await list('name=nope&page=last')).status).toBe(200);
    expect((await list('name=nope&page=2')).status).toBe(404);
  });

  it.each(['4', '0', '-1', 'abc', '1.0', '1.5', '', '%00', '99999999999999999999999999', 'LAST', '%FF'])(
    'answers 404 for page=%s',
    async (page) => {
      const { status, body } = await list(`page_size=2&page=${page}`);
      expect([status, body]).toEqual([404, { detail: 'Invalid page.' }]);
    },
  );

  it.each(['%201', '1%20', '+1', '%2B1', '%D9%A1', '%EF%BC%91', '%F0%9D%9F%99', '01'])(
    'is the first page for page=%s',
    async (page) => {
      expect(await found(`page_size=2&page=${page}`)).toEqual([1, 2]);
    },
  );

  it.each(['0', '-1', '', 'abc', '1.5', '%00'])('has the default size for page_size=%s', async (size) => {
    expect(await found(`page_size=${size}`)).toEqual(all);
  });

  it.each(['2', '+2', '%2B2', '%202', '%D9%A2'])('has two rows for page_size=%s', async (size) => {
    expect(await found(`page_size=${size}`)).toEqual([1, 2]);
  });

  it.each(['100000', '99999999999999999999999999'])('has all rows for page_size=%s', async (size) => {
    expect(await found(`page_size=${size}`)).toEqual(all);
  });

  it('uses the last value of repeated page and page_size parameters', async () => {
    expect(await found('page=2&page=1&page_size=2')).toEqual([1, 2]);
    expect(await found('page_size=2&page_size=3')).toEqual([1, 2, 3]);
  });

  it('reports invalid filters before an invalid page', async () => {
    const { status, body } = await list('port=abc&page=99');
    expect([status, body]).toEqual([400, { port: ['Enter a number.'] }]);
  });
});

describe('A filter', () => {
  it('is combined with other filters by AND', async () => {
    expect(await found('port=587&use_tls=true')).toEqual([1]);
    expect(await found('port=587&use_tls=0&search=words&name=05%20Two%20Words%20it%27s')).toEqual([5]);
  });

  it('is ignored if its name is unknown', async () => {
    expect(await found('nope=1&PORT=587&pk=x&flow_set=y&password=z&component=c&__proto__=a&constructor=b')).toEqual(
      all,
    );
  });

  it('uses the last value if repeated', async () => {
    expect(await found('use_tls=false&use_tls=true')).toEqual([1, 3]);
    expect(await found('port=abc&port=25')).toEqual([2]);
    expect(await found('port=25&port=')).toEqual(all);
    expect((await list('port=25&port=abc')).status).toBe(400);
  });

  it('is reported together with other invalid filters in one 400 response', async () => {
    const { status, body } = await list('port=abc&timeout=NaN&token_expiry=1e51&host=%00&use_tls=junk&from_address=x');
    expect(status).toBe(400);
    expect(body).toEqual({
      host: ['Null characters are not allowed.'],
      port: ['Enter a number.'],
      timeout: ['Enter a number.'],
      token_expiry: ['Ensure this value is less than or equal to 1e+50.'],
    });
  });

  it.each(['2147483648', '-2147483649', '1e50', '-1e400'])(
    'finds nothing for a number outside of the column’s range: port=%s',
    async (port) => {
      expect(await found(`port=${port}`)).toEqual([]);
    },
  );

  it.each(['constructor', '__proto__', 'toString', '%00'])('on a boolean field ignores %s', async (word) => {
    expect(await found(`use_tls=${word}`)).toEqual(all);
  });

  it('accepts malformed percent-encoding and invalid UTF-8, and finds nothing', async () => {
    for (const name of ['%', '%zz', '%FF', '%C3%28', '%ED%A0%80', 'a%FFb']) {
      expect(await found(`name=${name}`)).toEqual([]);
      expect(await found(`search=${name === '%' || name === '%zz' ? 'nope' : name}`)).toEqual([]);
    }
  });
});

describe('A search', () => {
  it.each<[string, number[]]>([
    ['', all],
    ['%20', all],
    [',,', all],
    ['%00', all],
    ['PLAIN', [1]],
    ['two+words', [5]],
    ['words,two', [5]],
    ['words%2C%20%20two', [5]],
    ['two%09words', [5]],
    ['two%C2%A0words', [5]],
    ['two+plain', []],
    ['a%25b', [2]],
    ['a_b', [3]],
    ['%25', [2]],
    ['_', [3]],
    ['%5C', [4]],
    ['%5C%5C', []],
    ['%22quoted%22', [4]],
    ['%22two%20words%22', []],
    ["it's", [5]],
    ["'", [5]],
    ['pl%00ain', [1]],
    ['0', all],
    ['587', []],
    ['nope', []],
  ])('for %j finds %j', async (search, expected) => {
    expect(await found(`search=${search}`)).toEqual(expected);
  });

  it('uses the last value if repeated', async () => {
    expect(await found('search=plain&search=two')).toEqual([5]);
    expect(await found('search=plain&search=')).toEqual(all);
  });

  it('accepts 166 words', async () => {
    expect(await found(`search=${'plain,'.repeat(166)}`)).toEqual([1]);
  });
});

describe('An ordering', () => {
  it.each<[string, number[]]>([
    ['', all],
    ['name', all],
    ['-name', [5, 4, 3, 2, 1]],
    ['port,name', [4, 2, 1, 5, 3]],
    ['-port,name', [3, 1, 5, 2, 4]],
    ['port,-name', [4, 2, 5, 1, 3]],
    ['%20port%20,%20-name%20', [4, 2, 5, 1, 3]],
    [',,port,,name,', [4, 2, 1, 5, 3]],
    ['use_tls,-name', [5, 4, 2, 3, 1]],
    ['-use_tls,name', [1, 3, 2, 4, 5]],
    ['-name,name', [5, 4, 3, 2, 1]],
    ['junk,-name', [5, 4, 3, 2, 1]],
    ['junk', all],
    ['--name', all],
    ['?', all],
    ['-', all],
    [',', all],
    ['%20', all],
    ['NAME', all],
    ['-%20name', all],
    ['name%00', all],
    ['flow_set', all],
    ['-password', all],
    ['-component', all],
    ['-verbose_name', all],
    ['-stage_uuid', all],
    ['-kind', all],
    ['__proto__', all],
    ['constructor', all],
    ['name;drop table stage', all],
  ])('by %j gives %j', async (ordering, expected) => {
    expect(await found(`ordering=${ordering}`)).toEqual(expected);
  });

  it('uses the last value if repeated', async () => {
    expect(await found('ordering=-name&ordering=name')).toEqual(all);
    expect(await found('ordering=-name&ordering=')).toEqual(all);
  });

  it('by primary key sorts in both directions', async () => {
    const keys = async (ordering: string): Promise<string[]> => (await list(ordering)).body.results.map(({ pk }) => pk);
    const up = await keys('ordering=pk');
    expect(up).toEqual([...up].sort());
    expect(await keys('ordering=-pk')).toEqual([...up].reverse());
  });

  it('with equal values lists each row exactly once over all pages', async () => {
    const pages = [1, 2, 3, 4, 5].map((page) => found(`ordering=timeout&page_size=1&page=${page}`));
    expect((await Promise.all(pages)).flat().sort()).toEqual(all);
  });
});
