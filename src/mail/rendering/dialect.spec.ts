import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DialectFolder, dialectData } from '../../../test/support/dialect-folder.js';
import { mailRenderer } from '../../../test/support/mail-renderer.js';
import { TemplateError } from '../../templating/template-error.js';

let folder: DialectFolder;

beforeAll(async () => {
  folder = await DialectFolder.make();
});

afterAll(() => folder.remove());

describe('variables', () => {
  it.each([
    ['{{ user.username }}', 'ada'],
    ['{{user.username}}', 'ada'],
    ['{{\n  user.username\n}}', 'ada'],
    ['{{ user.name }}', 'Ada &lt;O&#x27;Neil&gt;'],
    ['{{ url }}', 'https://id.example.com/?a=1&amp;b=2'],
    ['{{ user.attributes.groups.1 }}', 'admins'],
    ['{{ user.username.0 }}', 'a'],
    ['{{ user.attributes.groups }}', 'staff, admins'],
    ['{{ user.attributes.active }}', 'True'],
    ['{{ user.attributes.note }}|{{ user.nothing.at.all }}|{{ code }}', '||'],
    ['{{ expires }}', 'March 9, 2035 at 7:05 AM UTC'],
    ['{{ "quoted" }} {{ 12 }} {{ True }}', 'quoted 12 True'],
    ['{{ locale }} {{ direction }} {{ align }} {{ subject }}', 'en ltr left Notification – email-stage'],
  ])('renders %s as %s', async (source, expected) => {
    expect(await folder.html(source)).toBe(expected);
  });
});

describe('filters', () => {
  it.each([
    ['{{ code|default:"none" }}', 'none'],
    ["{{ code|default:'<i>none</i>' }}", '<i>none</i>'],
    ['{{ code|default:user.name }}', 'Ada &lt;O&#x27;Neil&gt;'],
    ['{{ user.attributes.note|default_if_none:"-" }}{{ user.attributes.empty|default_if_none:"-" }}', '-'],
    ['{{ user.name|escape }}', 'Ada &lt;O&#x27;Neil&gt;'],
    ['{{ user.name|escape|escape }}', 'Ada &lt;O&#x27;Neil&gt;'],
    ['{{ user.name|force_escape|force_escape }}', 'Ada &amp;lt;O&amp;#x27;Neil&amp;gt;'],
    ['{{ user.name|safe }}', "Ada <O'Neil>"],
    ['{{ user.name|safe|lower }}', "ada <o'neil>"],
    ['{{ user.name|safe|upper }}', 'ADA &lt;O&#x27;NEIL&gt;'],
    ['{{ body|linebreaksbr }}', 'one<br>two'],
    ['{{ user.name|linebreaksbr }}', 'Ada &lt;O&#x27;Neil&gt;'],
    ['{{ body|linebreaks }}', '<p>one<br>two</p>'],
    ['{{ title|title }}|{{ title|upper }}|{{ title|capfirst }}', 'It Is Done|IT IS DONE|It is done'],
    ['{{ title|truncatechars:6 }}|{{ title|truncatewords:2 }}', 'it is…|it is …'],
    ['{{ url|urlencode }}', 'https%3A//id.example.com/%3Fa%3D1%26b%3D2'],
    ['{{ url|urlencode:"" }}', 'https%3A%2F%2Fid.example.com%2F%3Fa%3D1%26b%3D2'],
    ['{{ user.attributes.groups|length }}{{ title|length }}', '210'],
    ['{{ user.attributes.groups|join:" &amp; " }}', 'staff &amp; admins'],
    ['{{ user.attributes.groups|first }} {{ user.attributes.groups|last }}', 'staff admins'],
    ['{{ user.attributes.active|yesno:"on,off" }}', 'on'],
    ['{{ user.attributes.note|yesno:"on,off,unset" }}', 'unset'],
    ['{{ code|yesno }}', 'maybe'],
    ['mail{{ 1|pluralize }} mail{{ 2|pluralize }} cherr{{ 2|pluralize:"y,ies" }}', 'mail mails cherries'],
    ['{{ user.attributes.score|floatformat }} {{ 3.0|floatformat }} {{ 2|floatformat:2 }}', '2.5 3 2.00'],
    ['{{ "1234567.5"|floatformat:"2g" }} {{ 1234567|intcomma }}', '1,234,567.50 1,234,567'],
    ['{{ "<b>bold</b> 1 < 2"|striptags }}', 'bold 1 &lt; 2'],
    ['{{ title|cut:" " }}', 'itisdone'],
    ['{{ 4|add:"2" }} {{ "a"|add:"b" }}', '6 ab'],
    ['{{ title|wordcount }}', '3'],
    ['{{ "Über uns & mehr"|slugify }}', 'uber-uns-mehr'],
    ['{{ 7|stringformat:"03d" }} {{ 2.5|stringformat:".2f" }} {{ "a"|stringformat:"s" }}', '007 2.50 a'],
    ['{{ "a"|ljust:3 }}|{{ "a"|rjust:3 }}|{{ "a"|center:3 }}|', 'a  |  a| a |'],
    ['{{ user.attributes.groups|slice:":1" }} {{ title|slice:"3:5" }} {{ title|slice:"-4:" }}', 'staff is done'],
    ['{{ 10|divisibleby:5 }}', 'True'],
    ['{% for d in user.attributes.devices|dictsort:"name" %}{{ d.name }},{% endfor %}', 'Mac,Phone,Tablet,'],
    ['{% for d in user.attributes.devices|dictsortreversed:"name" %}{{ d.name }},{% endfor %}', 'Tablet,Phone,Mac,'],
    ['{{ "abc"|make_list|join:"-" }} {{ 1234|get_digit:2 }} {{ "x"|get_digit:1 }}', 'a-b-c 3 x'],
    [
      '{{ 500|filesizeformat }}|{{ 1536|filesizeformat }}|{{ 0|filesizeformat }}',
      '500\u00a0bytes|1.5\u00a0KB|0\u00a0bytes',
    ],
    ['{{ 1200000|intword }} {{ 999|intword }} {{ user.attributes.score|localize }}', '1.2 million 999 2.5'],
    ['{{ "a b c d"|wordwrap:3 }}', 'a b\nc d'],
    ['{{ expires|date:"Y-m-d H:i" }}', '2035-03-09 07:05'],
    ['{{ expires|date:"l, j. F y \\\\a\\\\t g:i A e" }}', 'Friday, 9. March 35 at 7:05 AM UTC'],
    ['{{ expires|date:"D d M jS z W o N n L t U" }}', 'Fri 09 Mar 9th 68 10 2035 March 3 False 31 2057036700'],
    ['{{ expires|date:"c" }} {{ expires|date:"r" }}', '2035-03-09T07:05:00+00:00 Fri, 09 Mar 2035 07:05:00 +0000'],
    ['{{ expires|date:"P" }} {{ expires|time:"H:i:s" }} {{ expires|date }}', '7:05 a.m. 07:05:00 March 9, 2035'],
    ['{{ expires|date:"SHORT_DATE_FORMAT" }}', '3/9/35'],
    ['{{ "2035-03-09T07:05:00Z"|date:"Y" }}|{{ "no date"|date:"Y" }}|{{ code|timeuntil }}', '2035||'],
    ['{{ expires|timesince:expires }}', '0\u00a0minutes'],
    ['{{ user.username|isolate }}', '<bdi>ada</bdi>'],
  ])('renders %s as %s', async (source, expected) => {
    expect(await folder.html(`[${source}]`)).toBe(`[${expected}]`);
  });
});

describe('inheritance', () => {
  const base = '<{% block a %}base a{% endblock %}|{% block b %}base b{% endblock b %}>';

  it('fills the blocks of the extended template only', async () => {
    const files = {
      'base.html': base,
      'mail.html': '{% extends "base.html" %}lost{% block a %}mine{% endblock %}lost',
    };
    expect((await folder.mail(files)).html).toBe('<mine|base b>');
  });

  it('resolves block.super over several levels', async () => {
    const files = {
      'base.html': base,
      'middle.html':
        '{% extends "base.html" %}{% block a %}[{{ block.super }}]{% endblock %}{% block b %}m{% endblock %}',
      'mail.html':
        '{% extends "./middle.html" %}{% block a %}({{ block.super|upper }} {{ block.super }}){% endblock %}',
    };
    expect((await folder.mail(files)).html).toBe('<([BASE A] [base a])|m>');
  });

  it('overrides nested blocks', async () => {
    const files = {
      'base.html': '{% block outer %}a{% block inner %}b{% endblock %}c{% endblock %}',
      'mail.html': '{% extends "base.html" %}{% block inner %}{{ block.super }}!{% endblock %}',
    };
    expect((await folder.mail(files)).html).toBe('ab!c');
  });

  it('includes templates with extra values, with or without the outer scope', async () => {
    const files = {
      'part.html': '[{{ a }}{{ user.username }}{{ block.super }}]',
      'mail.html':
        '{% include "part.html" with a=title %}{% include "part.html" with a=1 only %}{% with p="part.html" %}{% include p %}{% endwith %}',
    };
    expect((await folder.mail(files)).html).toBe('[it is doneada][1][ada]');
  });

  it('separates the blocks of an included template', async () => {
    const files = {
      'base.html': base,
      'part.html': '{% extends "base.html" %}{% block a %}part{% endblock %}',
      'mail.html': '{% block a %}outer{% endblock %}{% include "part.html" %}',
    };
    expect((await folder.mail(files)).html).toBe('outer<part|base b>');
  });

  it('lets a custom template extend the shipped template that it replaces', async () => {
    const custom = mailRenderer(join(folder.path, 'own'));
    await mkdir(join(folder.path, 'own', 'email'), { recursive: true });
    await writeFile(
      join(folder.path, 'own', 'email', 'base.html'),
      '{% extends "email/base.html" %}{% block footer %}Acme{% endblock %}',
    );
    const rendered = await custom.render({
      template: 'email/setup.html',
      subject: '',
      locale: 'en',
      data: dialectData,
    });
    expect(rendered.html).toContain('Acme</td>');
    expect(rendered.html).toContain('Your email settings work');
    expect(rendered.warnings).toEqual([]);
  });
});

describe('unsupported syntax', () => {
  it.each([
    ['{{ url }', 'output "{{ url }" not closed'],
    ['{% if url %}', '{% if %} is not closed by {% endif %}'],
    ['{% if %}x{% endif %}', 'the condition is not complete'],
    ['{% if a b %}x{% endif %}', 'an operator is expected, not "b"'],
    ['{% if a == %}x{% endif %}', 'the condition is not complete'],
    ['{% nonsense %}', 'tag "nonsense" not found'],
    ['{% assign x = 1 %}', 'tag "assign" not found'],
    ['{% raw_eval %}', 'tag "raw_eval" not found'],
    ['{{ url|nonsense }}', 'undefined filter: nonsense'],
    ['{{ url|date_to_xmlschema }}', 'undefined filter: date_to_xmlschema'],
    ['{{ url user }}', 'one value is expected, not "url user"'],
    ['{{ url and user }}', 'one value is expected, not "url and user"'],
    ['{{ url|cut:"a","b" }}', 'the filter cut takes one argument at most'],
    ['{% for x user.username %}{% endfor %}', '{% for %} must read: for name in list'],
    ['{% with %}{% endwith %}', '{% with %} must read: with name=value'],
    ['{% cycle %}', '{% cycle %} needs values'],
    ['{% resetcycle x %}', 'there is no {% cycle %} above that {% resetcycle %} could mean'],
    ['{% regroup a by b %}', '{% regroup %} must read: regroup list by property as name'],
    ['{% widthratio 1 2 %}', '{% widthratio %} must read: widthratio part whole width'],
    ['{% ifchanged %}', '{% ifchanged %} is not closed by {% endifchanged %}'],
    ['{% language "de" %}', '{% language %} is not closed by {% endlanguage %}'],
    ['{% now "Y" "m" %}', '{% now %} needs a format in quotes'],
    ['{% lorem %}', 'tag "lorem" not found'],
    ['{% timezone "nowhere" %}{% endtimezone %}', '{% timezone %} needs a time zone such as "Europe/Berlin"'],
    ['{% trans %}', '{% trans %} needs a text'],
    ['{% trans "a" nonsense %}', '"nonsense" is not known here'],
    ['{% blocktrans %}{% if a %}{% endblocktrans %}', '{% if %} cannot stand in {% blocktrans %}'],
    ['{% blocktrans %}a{% plural %}b{% endblocktrans %}', '{% plural %} needs count'],
    ['{% block a %}{% endblock %}{% block a %}{% endblock %}', 'there are two blocks "a"'],
    ['{% extends "mail.html" %}{% extends "x" %}', 'a template can extend only one other'],
    ['{% include "missing.html" %}', 'there is no template "missing.html"'],
    ['{% comment %}', '{% comment %} is not closed by {% endcomment %}'],
    ['{% endif %}', 'tag "endif" not found'],
  ])('%s is an error with template and line', async (source, reason) => {
    const error: unknown = await folder.html(`first line\n{# second #}\n${source}`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TemplateError);
    expect((error as TemplateError).reason).toBe(reason);
    expect((error as TemplateError).message).toMatch(/^mail\.html(, line 3)?: /);
    expect((error as TemplateError).line).toBe(3);
  });

  it('in an included template is reported with its template and line', async () => {
    const files = { 'mail.html': '\n{% include "part.html" %}', 'part.html': 'x\n\n{% broken %}' };
    await expect(folder.mail(files)).rejects.toThrow('part.html, line 3: tag "broken" not found');
  });

  it("skips authentik's own tags with a warning", async () => {
    const source =
      '{% load nonsense %}<img src="{% inline_static_binary "x.png" %}">{% versioned_script "a" %}{{ tenant }}';
    const { html: written, attachments, warnings } = await folder.mail({ 'mail.html': source });
    expect(written).toBe('<img src="cid:logo">');
    expect(attachments.map(({ cid }) => cid)).toEqual(['logo']);
    expect(warnings).toEqual([
      'mail.html, line 1: the library "nonsense" is not known here',
      'mail.html, line 1: {% inline_static_binary %} stands for the logo here',
      'mail.html, line 1: {% versioned_script %} has no meaning here and is left out',
      'there is no variable "tenant"',
    ]);
  });
});
