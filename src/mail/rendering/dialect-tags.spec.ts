import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DialectFolder } from '../../../test/support/dialect-folder.js';

let folder: DialectFolder;

beforeAll(async () => {
  folder = await DialectFolder.make();
});

afterAll(() => folder.remove());

describe('tags', () => {
  it.each([
    ['{% if user.username %}yes{% else %}no{% endif %}', 'yes'],
    ['{% if code %}a{% elif title %}b{% else %}c{% endif %}', 'b'],
    ['{% if user.username and not code %}yes{% endif %}', 'yes'],
    ['{% if code or user.username == "ada" and locale == "en" %}yes{% endif %}', 'yes'],
    ['{% if user.attributes.empty or code %}yes{% else %}no{% endif %}', 'no'],
    ['{% if not code and user.attributes.groups|length > 1 %}yes{% endif %}', 'yes'],
    ['{% if user.username|default:"a b" != "a b" %}yes{% endif %}', 'yes'],
    ['{% if "staff" in user.attributes.groups and "x" not in user.username %}yes{% endif %}', 'yes'],
    ['{% if "Browser" in key_value and "Fire" in key_value.Browser %}yes{% endif %}', 'yes'],
    ['{% if user.attributes.note is None and code is None %}yes{% endif %}', 'yes'],
    ['{% if user.attributes.active is not False %}yes{% endif %}', 'yes'],
    ['{% if user.attributes.age >= 36 and user.attributes.age <= 36 and 1 < 2 %}yes{% endif %}', 'yes'],
    ['{% if "10" > 9 or "10" < 9 or title > 3 %}yes{% else %}no{% endif %}', 'no'],
    ['{% for group in user.attributes.groups %}{{ forloop.counter }}{{ group }} {% endfor %}', '1staff 2admins'],
    ['{% for g in user.attributes.groups reversed %}{{ forloop.revcounter0 }}{{ g }} {% endfor %}', '1admins 0staff'],
    ['{% for g in user.attributes.empty %}x{% empty %}none{% endfor %}', 'none'],
    [
      '{% for key, value in key_value.items %}{{ key }}={{ value }}{% if not forloop.last %}; {% endif %}{% endfor %}',
      'Browser=Firefox; Client address=192.0.2.1',
    ],
    ['{% for key in key_value %}{{ key }},{% endfor %}', 'Browser,Client address,'],
    [
      '{% for a in user.attributes.groups %}{% for b in "xy" %}{{ forloop.parentloop.counter }}{{ b }}{% endfor %}{% endfor %}',
      '1x1y2x2y',
    ],
    ['{% for g in user.attributes.groups %}{% cycle "odd" "even" %} {% endfor %}', 'odd even'],
    [
      '{% for g in "abc" %}{% cycle "odd" "even" as row silent %}{{ row }}{% cycle row %}{{ row }} {% endfor %}',
      'oddeven oddeven oddeven',
    ],
    ['{% for g in "abcd" %}{% cycle 1 2 3 %}{% if g == "b" %}{% resetcycle %}{% endif %}{% endfor %}', '1212'],
    [
      '{% cycle "a" "b" as x %}{% cycle "c" "d" as y %}{% cycle x %}{% resetcycle x %}{% cycle x %}{% cycle y %}',
      'acbad',
    ],
    ['{% for c in "aabba" %}{% ifchanged %}{{ c }}{% else %}-{% endifchanged %}{% endfor %}', 'a-b-a'],
    ['{% for c in "aabba" %}{% ifchanged c %}[{{ forloop.counter }}]{% endifchanged %}{% endfor %}', '[1][3][5]'],
    [
      '{% for a in "xy" %}{% for b in "11" %}{% ifchanged b a %}{{ a }}{{ b }}{% endifchanged %}{% endfor %}{% endfor %}',
      'x1y1',
    ],
    [
      '{% regroup user.attributes.devices by kind|lower as kinds %}{% for k in kinds %}{{ k.grouper }}:{% for d in k.list %}{{ d.name }},{% endfor %} {% endfor %}',
      'mobile:Phone,Tablet, desktop:Mac,',
    ],
    [
      '{% regroup user.attributes.devices by kind as kinds %}{% for kind, list in kinds %}{{ kind }}{{ list|length }} {% endfor %}',
      'Mobile1 mobile1 desktop1',
    ],
    ['{% regroup user.attributes.empty by x as none %}{{ none|length }}', '0'],
    ['{% widthratio 175 200 100 %} {% widthratio 1 0 100 %} {% widthratio "x" 1 100 %}|', '88 0 |'],
    ['{% widthratio user.attributes.age 72 100 as width %}{{ width }}%', '50%'],
    ['{% with name=user.username total=user.attributes.groups|length %}{{ name }}{{ total }}{% endwith %}', 'ada2'],
    ['{% with user.username as name %}{{ name }}{% endwith %}{{ user.username }}', 'adaada'],
    [
      '{% firstof code title "x" %}|{% firstof code "<i>" %}|{% firstof user.name %}',
      'it is done|<i>|Ada &lt;O&#x27;Neil&gt;',
    ],
    ['{% firstof code title as found %}{{ found|upper }}', 'IT IS DONE'],
    ['a{# one #}b{% comment "why" %} {{ broken {% nothing %} \n{% endcomment %}c', 'abc'],
    ['a { b } {c} {#d\ne#}', 'a { b } {c} {#d\ne#}'],
    ['{% verbatim %}{{ url }} {% if %} {# x #}{% endverbatim %}', '{{ url }} {% if %} {# x #}'],
    ['{% verbatim a %}{% endverbatim %}{{ x }}{% endverbatim a %}', '{% endverbatim %}{{ x }}'],
    ['{% spaceless %} <p>  <b>a b</b> </p>\n {% endspaceless %}', '<p><b>a b</b></p>'],
    ['{% filter upper %}a {{ user.username }}{% endfilter %}', 'A ADA'],
    ['{% templatetag openblock %} x {% templatetag closevariable %}', '{% x }}'],
    ['{% now "Y" as year %}{% if year > "2020" %}yes{% endif %}', 'yes'],
    ['{% load i18n humanize %}{% load trans from i18n %}x', 'x'],
    ['{% get_current_language as lang %}{% get_current_language_bidi as bidi %}{{ lang }} {{ bidi }}', 'en False'],
  ])('renders %s as %s', async (source, expected) => {
    expect(await folder.html(source)).toBe(expected);
  });
});

describe('translations', () => {
  it.each([
    ['{% trans "Reset password" %}', 'Passwort zurücksetzen'],
    ["{% translate 'Reset password' %}", 'Passwort zurücksetzen'],
    ['{% trans "Reset password" as text %}{{ text|lower }}', 'passwort zurücksetzen'],
    ['{% trans "Reset password" noop %}', 'Reset password'],
    ['{% trans "Reset password"|lower %}', 'passwort zurücksetzen'],
    ['{% trans "a | b"|upper as text %}{{ text }}', 'A | B'],
    ['{% trans "Welcome" context "nowhere" %}', 'Welcome'],
    ['{% trans "<b>unknown</b>" %}', '<b>unknown</b>'],
    ['{% with text="Welcome" %}{% trans text %}{% endwith %}', 'Willkommen'],
    ['{% trans user.name %}', 'Ada &lt;O&#x27;Neil&gt;'],
    ['{% blocktrans with name=user.name %}Hello {{ name }},{% endblocktrans %}', 'Hallo Ada &lt;O&#x27;Neil&gt;,'],
    ['{% blocktrans with user.username as name %}Hello {{ name }},{% endblocktrans %}', 'Hallo ada,'],
    ['{% blocktrans with name=user.username trimmed %}\n  Hello\n  {{ name }},\n{% endblocktrans %}', 'Hallo ada,'],
    [
      '{% blocktrans asvar text with name=user.name|safe %}Hello {{ name }},{% endblocktrans %}{{ text }}',
      "Hallo Ada <O'Neil>,",
    ],
    ['{% blocktranslate %}50% of {{ title }}, %(title)s{% endblocktranslate %}', '50% of it is done, %(title)s'],
    ['{% blocktrans %}{{ user.username }} stays{% endblocktrans %}', 'ada stays'],
    [
      '{% blocktrans count n=user.attributes.groups|length %}one group{% plural %}{{ n }} groups{% endblocktrans %}',
      '2 groups',
    ],
    [
      '{% blocktrans count n=1 with a=title %}one {{ a }}{% plural %}{{ n }} {{ a }}{% endblocktrans %}',
      'one it is done',
    ],
    ['{% language "fr" %}{% trans "Welcome" %}{% endlanguage %} {% trans "Welcome" %}', 'Bienvenue Willkommen'],
    [
      '{% language user.attributes.language|default:"ar-EG" %}{{ locale }} {{ direction }} {{ align }}{% endlanguage %} {{ locale }} {{ align }}',
      'ar rtl right de left',
    ],
    [
      '{% language "en" %}{{ expires|date:"F" }} {{ 1234|intcomma }}{% endlanguage %} {{ expires|date:"F" }}',
      'March 1,234 März',
    ],
    ['{% language "tlh" %}{% trans "Welcome" %}{% endlanguage %}', 'Willkommen'],
    [
      '{% language "es" %}{% get_current_language as l %}{% for x in "a" %}{{ l }}{% endfor %}{% endlanguage %}{{ l }}',
      'es',
    ],
  ])('renders %s as %s in German', async (source, expected) => {
    expect(await folder.html(source, 'de')).toBe(expected);
  });
});
