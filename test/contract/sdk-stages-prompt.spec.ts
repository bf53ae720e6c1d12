import { randomUUID } from 'node:crypto';

import { type Prompt, type PromptRequest, type PromptStage, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/stages/prompt/', (sdk) => {
  const stages = (key?: string | null): StagesApi => new StagesApi(sdk().configuration(key));
  const prompt = (request: Partial<PromptRequest> = {}): Promise<Prompt> => {
    const needed = { name: `prompt-${randomUUID()}`, fieldKey: 'email', label: 'Email', type: 'email' as const };
    return stages().stagesPromptPromptsCreate({ promptRequest: { ...needed, ...request } });
  };
  const stage = (fields: string[], name = `form-${randomUUID()}`): Promise<PromptStage> =>
    stages().stagesPromptStagesCreate({ promptStageRequest: { name, fields } });

  const defaults = {
    required: true,
    placeholder: '',
    initialValue: '',
    order: 0,
    promptstageSet: [],
    subText: '',
    placeholderExpression: false,
    initialValueExpression: false,
  };
  const everything = {
    fieldKey: 'attributes.phone',
    label: 'Phone',
    type: 'text' as const,
    required: false,
    placeholder: '+49',
    initialValue: '0',
    order: 7,
    subText: 'With the code of the country',
    placeholderExpression: true,
    initialValueExpression: true,
  };

  it('creates a prompt with authentik’s defaults, and with every field', async () => {
    const one = await prompt({ name: 'one' });
    expect(one).toEqual({ pk: one.pk, name: 'one', fieldKey: 'email', label: 'Email', type: 'email', ...defaults });
    expect(await prompt(everything)).toMatchObject(everything);
    expect(await refusal(prompt({ name: 'one', type: 'no-such' as never }))).toEqual({
      status: 400,
      body: { name: ['Prompt with this name already exists.'], type: ['"no-such" is not a valid choice.'] },
    });
  });

  it('retrieves, replaces, changes and deletes a prompt', async () => {
    const one = await prompt();
    const promptUuid = one.pk;
    expect(await stages().stagesPromptPromptsRetrieve({ promptUuid })).toEqual(one);
    const promptRequest = { name: one.name, fieldKey: 'name', label: 'Name', type: 'text' as const };
    expect(await stages().stagesPromptPromptsUpdate({ promptUuid, promptRequest })).toEqual({
      ...one,
      ...promptRequest,
    });
    const patched = await stages().stagesPromptPromptsPartialUpdate({ promptUuid, patchedPromptRequest: { order: 3 } });
    expect(patched.order).toBe(3);
    await stages().stagesPromptPromptsDestroy({ promptUuid });
    expect((await refusal(stages().stagesPromptPromptsRetrieve({ promptUuid }))).status).toBe(404);
  });

  it('filters prompts by every filter', async () => {
    const wanted = await prompt({ ...everything, name: 'wanted' });
    const other = await prompt();
    const { fieldKey, label, type, placeholder } = everything;
    for (const [filter, value] of Object.entries({
      name: 'wanted',
      fieldKey,
      label,
      type,
      placeholder,
      search: '+49',
    })) {
      const { results } = await stages().stagesPromptPromptsList({ [filter]: value });
      const pks = results.map(({ pk }) => pk);
      expect([filter, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([filter, true, false]);
    }
    const { results, pagination } = await stages().stagesPromptPromptsList({ ordering: '-name', pageSize: 1 });
    expect([results, pagination.endIndex]).toEqual([[wanted], 1]);
  });

  it('previews a prompt as a visitor would see it', async () => {
    const promptRequest = {
      ...everything,
      name: 'not stored',
      type: 'dropdown' as const,
      placeholderExpression: false,
    };
    expect(await stages().stagesPromptPromptsPreviewCreate({ promptRequest })).toEqual({
      component: 'ak-stage-prompt',
      fields: [
        {
          fieldKey: 'attributes.phone',
          label: 'Phone',
          type: 'dropdown',
          required: false,
          placeholder: '',
          initialValue: '+49',
          order: 7,
          subText: 'With the code of the country',
          choices: ['+49'],
        },
      ],
    });
    expect((await stages().stagesPromptPromptsList({ name: 'not stored' })).results).toEqual([]);
  });

  it('creates a stage, and lists it in its prompts', async () => {
    const [second, first] = [await prompt({ order: 2 }), await prompt({ order: 1 })];
    const one = await stage([second.pk, first.pk], 'one');
    expect(one).toEqual({
      pk: one.pk,
      name: 'one',
      component: 'ak-stage-prompt-form',
      verboseName: 'Prompt Stage',
      verboseNamePlural: 'Prompt Stages',
      metaModelName: 'authentik_stages_prompt.promptstage',
      flowSet: [],
      fields: [first.pk, second.pk],
      validationPolicies: [],
    });
    const { promptstageSet } = await stages().stagesPromptPromptsRetrieve({ promptUuid: first.pk });
    expect(promptstageSet).toMatchObject([{ pk: one.pk, name: 'one', metaModelName: one.metaModelName }]);
    expect(await stages().stagesPromptPromptsUsedByList({ promptUuid: first.pk })).toEqual([
      {
        app: 'authentik_stages_prompt',
        modelName: 'promptstage',
        pk: one.pk,
        name: 'Stage one',
        action: 'cascade_many',
      },
    ]);
    expect((await stages().stagesPromptStagesUsedByList({ stageUuid: one.pk })).map(({ name }) => name)).toEqual([
      "Prompt field 'email' type email",
      "Prompt field 'email' type email",
    ]);
  });

  it('retrieves, replaces, changes and deletes a stage', async () => {
    const [first, second] = [await prompt(), await prompt()];
    const one = await stage([first.pk]);
    const stageUuid = one.pk;
    expect(await stages().stagesPromptStagesRetrieve({ stageUuid })).toEqual(one);
    const promptStageRequest = { name: one.name, fields: [second.pk] };
    const replaced = { ...one, fields: [second.pk] };
    expect(await stages().stagesPromptStagesUpdate({ stageUuid, promptStageRequest })).toEqual(replaced);
    expect(await stages().stagesPromptStagesPartialUpdate({ stageUuid })).toEqual(replaced);
    await stages().stagesPromptStagesDestroy({ stageUuid });
    expect((await refusal(stages().stagesPromptStagesRetrieve({ stageUuid }))).status).toBe(404);
    expect(await stages().stagesPromptPromptsRetrieve({ promptUuid: second.pk })).toMatchObject({ promptstageSet: [] });
  });

  it('filters stages by every filter', async () => {
    const field = await prompt();
    const wanted = await stage([field.pk], 'zz wanted');
    const other = await stage([(await prompt()).pk]);
    const filters = { name: 'zz wanted', stageUuid: wanted.pk, fields: [field.pk], search: 'zz' };
    for (const [filter, value] of Object.entries(filters)) {
      const { results } = await stages().stagesPromptStagesList({ [filter]: value });
      const pks = results.map(({ pk }) => pk);
      expect([filter, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([filter, true, false]);
    }
    const { results } = await stages().stagesPromptStagesList({ ordering: '-name', pageSize: 1 });
    expect(results).toEqual([wanted]);
  });

  it('answers 403 without credentials', async () => {
    const nobody = { status: 403, body: { detail: 'Authentication credentials were not provided.' } };
    expect(await refusal(stages(null).stagesPromptPromptsList())).toEqual(nobody);
    expect(await refusal(stages(null).stagesPromptStagesList())).toEqual(nobody);
  });
});
