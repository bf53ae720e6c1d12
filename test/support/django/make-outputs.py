"""Writes outputs.json: what Django makes of the templates below, for src/mail/rendering/django-outputs.spec.ts.

Run with Django 5.2:  pip install "Django==5.2.*" && python make-outputs.py
"""

import datetime
import json
import pathlib
import types
from unittest import mock

import django
from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone, translation

settings.configure(
    USE_TZ=True,
    TIME_ZONE="UTC",
    USE_I18N=True,
    LANGUAGE_CODE="en-us",
    INSTALLED_APPS=["django.contrib.humanize"],
)
django.setup()

# The clock of both renderings. The seconds of times below are whole, so that neither rounds.
now = datetime.datetime(2026, 11, 28, 13, 18, 38, tzinfo=datetime.timezone.utc)
data = {
    "url": "https://id.example.org/if/flow/x/?flow_token=abc&next=%2F",
    "title": "it's the 1st o'clock of o'hara: e.g. naïve ÉCOLE, mcDonald-smith 2nd 3RD",
    "body": "one\n\ntwo & <three>\nfour",
    "user": {
        "username": "jane",
        "name": "Jane <O'Brien> & Co",
        "email": "jane@example.org",
        "attributes": {
            "groups": ["staff", "<admins>", "ops"],
            "tree": ["Europe", ["Berlin", "<Paris>", ["14e"]], "Asia"],
            "text": "See www.example.org/a_(b), http://example.com/?a=1&b=<2>. Mail bob@example.org; example.net!",
            "html": "<p>Hello <b>big</b> wide &amp; <i>long world</i></p><br>end",
            "phone": "1-800-COLLECT",
            "shout": "x-ray o'NEIL'S",
            "compared": "a < b > c",
            "brackets": "(see http://example.com/x_(y)) <http://example.org> 'www.example.net'",
            "script": "</script>'\"&\\=-;` é😀",
            "number": 1234567,
            "ratio": -12.345,
            "long": "word " * 20,
        },
    },
}
times = {
    "now": datetime.timedelta(0),
    "second": datetime.timedelta(seconds=1),
    "seconds": datetime.timedelta(seconds=45),
    "minute": datetime.timedelta(minutes=1),
    "half_hour": datetime.timedelta(minutes=30),
    "hour": datetime.timedelta(hours=1),
    "hours": datetime.timedelta(hours=3, minutes=20),
    "day": datetime.timedelta(days=1, hours=3, minutes=7),
    "days": datetime.timedelta(days=10),
    "month": datetime.timedelta(days=31),
    "months": datetime.timedelta(days=95),
    "year": datetime.timedelta(days=400),
    "years": datetime.timedelta(days=800),
}

a = "user.attributes"
templates = [
    "Hello {{ user }}, {{ user.username }}, {{ user|upper }}",
    # text
    *[f"{{{{ {value}|title }}}}" for value in ("title", "user.name", f"{a}.shout", '"3RD 21ST a1b"')],
    *[f"{{{{ {value}|capfirst }}}}" for value in ("title", '"élan"', '""')],
    "{{ url|urlize }}",
    "{{ url|urlizetrunc:20 }}",
    f"{{{{ {a}.text|urlize }}}}",
    f"{{{{ {a}.text|urlizetrunc:12 }}}}",
    f"{{{{ {a}.brackets|urlize }}}}",
    '{{ "https://user@example.com:8080/p?q=1#f, mailto:joe@example.org joe.bloggs@sub.example.co.uk."|urlize }}',
    '{{ "no.link.example, example.com, EXAMPLE.ORG/path http://[::1]/ http://a"|urlize }}',
    f"{{{{ {a}.script|escapejs }}}}",
    f"{{{{ {a}.groups|json_script:'groups' }}}}",
    f"{{{{ {a}.script|json_script }}}}",
    "{{ body|escapejs }}|{{ body|json_script }}",
    "{{ body|linenumbers }}",
    f"{{{{ {a}.long|wordwrap:22|linenumbers }}}}",
    f"{{{{ {a}.phone|phone2numeric }}}}",
    f"{{{{ {a}.groups|safeseq|join:', ' }}}}",
    f"{{{{ {a}.groups|escapeseq|join:', ' }}}}",
    f"{{{{ {a}.tree|unordered_list }}}}",
    f"{{{{ {a}.groups|unordered_list }}}}",
    *[f"{{{{ {a}.html|truncatewords_html:{count} }}}}" for count in (0, 1, 2, 3, 4, 9)],
    *[f"{{{{ {a}.html|truncatechars_html:{count} }}}}" for count in (0, 1, 6, 12, 15, 40)],
    *[f"{{{{ {a}.html|safe|truncatechars_html:{count} }}}}" for count in (8, 17)],
    *[f"{{{{ title|truncatechars:{count} }}}}" for count in (1, 10, 200)],
    *[f"{{{{ title|truncatewords:{count} }}}}" for count in (0, 1, 3, 200)],
    f"{{{{ {a}.groups|pprint }}}}|{{{{ {a}.number|pprint }}}}|{{{{ title|pprint }}}}",
    '{% for x in "a"|make_list %}{{ "a"|make_list|random }}{% endfor %}',
    f"{{{{ {a}.html|striptags }}}}|{{{{ {a}.compared|striptags }}}}",
    '{{ "Über uns & mehr"|slugify }}|{{ " a--b_c "|slugify }}',
    '{{ "a b/c?d=é"|urlencode }}|{{ "a b/c"|urlencode:"" }}|{{ "/ä b?x=%20"|iriencode }}',
    '{{ title|addslashes }}|{{ "a,b,c"|cut:"," }}',
    '{{ "ab"|center:7 }}|{{ "abc"|center:6 }}|{{ "ab"|ljust:4 }}|{{ "ab"|rjust:4 }}|',
    '{{ "one two  three"|wordcount }}|{{ ""|wordcount }}',
    # numbers
    *[f"{{{{ {number}|ordinal }}}}" for number in (0, 1, 2, 3, 4, 10, 11, 12, 13, 21, 101, 111, 112, "'x'", "'3'")],
    *[f"{{{{ {number}|apnumber }}}}" for number in (0, 1, 5, 9, 10, "'3'", "'x'")],
    *[f"{{{{ {number}|intcomma }}}}" for number in (0, 999, 1000, 1234567, "'1234567.25'", "'x'", f"{a}.ratio")],
    *[f"{{{{ {number}|intword }}}}" for number in (999999, 1000000, 1200000, 1500000000, 2000000000000, "'x'")],
    *[f"{{{{ {a}.ratio|floatformat{argument} }}}}" for argument in ("", ":2", ":0", ':"-3"', ':"2g"')],
    '{{ 34.0|floatformat }}|{{ 34.26|floatformat:"-1" }}|{{ "x"|floatformat }}|{{ 6666.6|floatformat:"g" }}',
    *[f"{{{{ {number}|filesizeformat }}}}" for number in (0, 1, 1023, 1024, 123456789, 1099511627776)],
    "{{ 5|add:3 }}|{{ 'a'|add:'b' }}|{{ 7|divisibleby:7 }}|{{ 1234|get_digit:2 }}|{{ 1234|get_digit:9 }}",
    '{{ 0|pluralize }}|{{ 1|pluralize }}|{{ 2|pluralize:"es" }}|{{ "1"|pluralize:"y,ies" }}|{{ 2|pluralize:"y,ies" }}',
    '{{ 7|stringformat:"03d" }}|{{ 2.5|stringformat:".2f" }}|{{ 255|stringformat:"x" }}|{{ "a"|stringformat:"5s" }}|',
    '{{ True|yesno }}|{{ None|yesno }}|{{ False|yesno:"a,b,c" }}|{{ None|yesno:"a,b" }}',
    # times
    *[f"{{% load humanize %}}{{{{ {name}|naturaltime }}}}" for name in times],
    *[f"{{% load humanize %}}{{{{ past_{name}|naturaltime }}}}" for name in times],
    *[f"{{{{ {name}|timeuntil }}}}" for name in times],
    *[f"{{{{ past_{name}|timesince }}}}" for name in times],
    "{{ past_day|timesince:day }}|{{ day|timeuntil:past_day }}|{{ day|timesince }}",
    "{{ now|naturalday }}|{{ day|naturalday }}|{{ past_day|naturalday }}|{{ days|naturalday:'Y-m-d' }}",
    '{{ half_hour|date:"D d l j jS N n M m F E b y Y L z W o t w" }}',
    '{{ half_hour|date:"a A f g G h H i s u P" }}|{{ half_hour|date:"c" }}|{{ half_hour|date:"r" }}|{{ half_hour|date:"U" }}',
    '{{ half_hour|date:"e T O Z I" }}|{{ half_hour|time:"H:i" }}|{{ "x"|date:"Y" }}',
    *[f'{{{{ {name}|date:"N j, Y" }}}}' for name in times],
    # time zones
    '{% load tz %}{{ half_hour|localtime|date:"H:i" }}|{% localtime off %}{{ half_hour|date:"H:i e" }}{% endlocaltime %}',
    '{% load tz %}{{ half_hour|timezone:"Europe/Berlin"|date:"Y-m-d H:i e T O Z I P" }}',
    '{% load tz %}{{ half_hour|timezone:"America/New_York"|date:"c|r|U|jS l" }}',
    '{% load tz %}{{ half_hour|timezone:"Asia/Kathmandu"|date:"H:i O" }}|{{ half_hour|timezone:"Asia/Tokyo"|time:"H:i T" }}',
    '{% load tz %}{% timezone "Europe/Berlin" %}{{ half_hour|date:"H:i e" }} {{ half_hour|utc|date:"H:i e" }}{% endtimezone %}',
    '{% load tz %}{% timezone "Europe/Berlin" %}{{ half_hour|localtime|date:"H:i e" }} {% now "H:i e" %}{% endtimezone %}{% now "H:i e" %}',
    '{% load tz %}{% timezone "Asia/Tokyo" %}{% localtime off %}{{ half_hour|date:"H:i e" }} {% now "H:i e" %}{% endlocaltime %}{% endtimezone %}',
    '{% load tz %}{% timezone "Asia/Tokyo" %}{% timezone None %}{{ half_hour|date:"H:i e" }}{% endtimezone %}{% endtimezone %}',
    '{% load tz %}{% timezone "Asia/Tokyo" %}{% get_current_timezone as zone %}{{ zone }}{% endtimezone %}',
    '{% load tz humanize %}{% timezone "Pacific/Auckland" %}{{ now|naturalday }} {{ half_hour|naturaltime }}{% endtimezone %}',
    '{% load tz %}{{ summer|timezone:"Europe/Berlin"|date:"H:i T I O" }}|{{ summer|timezone:"America/Los_Angeles"|date:"H:i T I" }}',
    '{% load tz %}{{ half_hour|timezone:"nowhere"|date:"H:i" }}|{{ "x"|timezone:"UTC" }}|{{ "x"|utc }}|{{ "x"|localtime }}',
    # authentik's library
    "{% load authentik_stages_email %}{{ user.name|indent }}|{{ user.name|indent:2 }}|{{ body|indent:3 }}",
]

# In other languages, where the catalogs of both have the words.
translated = [f"{{{{ {name}|timeuntil }}}}" for name in ("minute", "half_hour", "hours", "day", "days", "months", "years")]


class Text(dict):
    """A mapping with a text, as a user has one."""

    def __str__(self):
        return self["username"]


def authentik_stages_email():
    """A library with the interface of authentik's: its filter indents all lines but the first."""
    from django import template

    library = template.Library()

    @library.filter("indent")
    def indent(text, width=4):
        return str(text).replace("\n", "\n" + " " * width)

    return library


context = {**data, "user": Text(data["user"]), "summer": datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.timezone.utc)}
for name, delta in times.items():
    context[name] = now + delta
    context[f"past_{name}"] = now - delta

real_datetime = datetime.datetime
engine = Engine(builtins=["django.contrib.humanize.templatetags.humanize"])
engine.template_libraries.update(
    humanize=__import__("django.contrib.humanize.templatetags.humanize", fromlist=["register"]).register,
    tz=__import__("django.templatetags.tz", fromlist=["register"]).register,
    authentik_stages_email=authentik_stages_email(),
)


class AnyDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, real_datetime)


class Clock(datetime.datetime, metaclass=AnyDatetime):
    @classmethod
    def now(cls, tz=None):
        return now.astimezone(tz) if tz else now.replace(tzinfo=None)


def render(source, language="en"):
    with translation.override(language), timezone.override(None):
        return engine.from_string(source).render(Context(dict(context)))


with (
    mock.patch("django.utils.timezone.now", lambda: now),
    mock.patch("django.template.defaulttags.datetime", Clock),
    mock.patch("django.contrib.humanize.templatetags.humanize.datetime", Clock),
    mock.patch("django.utils.timesince.datetime", types.SimpleNamespace(datetime=Clock)),
):
    cases = [{"template": source, "output": render(source)} for source in dict.fromkeys(templates)]
    for language in ("de", "fr", "es"):
        cases += [{"template": source, "language": language, "output": render(source, language)} for source in translated]

output = {
    "django": django.get_version(),
    "now": now.isoformat().replace("+00:00", "Z"),
    "data": data,
    "times": {name: value.isoformat().replace("+00:00", "Z") for name, value in context.items() if isinstance(value, datetime.datetime)},
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("outputs.json")
path.write_text(json.dumps(output, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
print(f"{len(cases)} cases")
