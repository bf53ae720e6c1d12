// Progressive enhancement: every page works without this script.
'use strict';

// Submits a form only once, also after a double click.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent === 'true') {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'true';
  for (const button of form.querySelectorAll('button[type="submit"]')) button.setAttribute('aria-disabled', 'true');
});

// Enables the forms of a page that is restored from the back/forward cache.
window.addEventListener('pageshow', () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled');
  }
});

// Adds "Show" to password fields. They are hidden again on submit: browsers store the values of text fields.
for (const wrapper of document.querySelectorAll('.secret')) {
  const input = wrapper.querySelector('input');
  const button = document.createElement('button');
  const show = (isShown) => {
    input.type = isShown ? 'text' : 'password';
    button.textContent = isShown ? wrapper.dataset.hide : wrapper.dataset.show;
    button.setAttribute('aria-pressed', String(isShown));
  };
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-label', wrapper.dataset.label);
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => {
    show(input.type === 'password');
    input.focus();
  });
  show(false);
  wrapper.append(button);
  input.form.addEventListener('submit', () => show(false));
}

// Shows which box of a code is next, and sends the code when it is complete.
for (const boxes of document.querySelectorAll('.boxes')) {
  const input = boxes.querySelector('input');
  const places = boxes.querySelectorAll('i');
  const markNext = () => {
    const next = Math.min(input.value.length, places.length - 1);
    places.forEach((place, index) => place.classList.toggle('next', index === next));
  };
  input.addEventListener('input', () => {
    // Arabic and Persian digits end in the four bits of their value.
    const digits = input.value.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15).replace(/\D/g, '');
    const code = digits.slice(0, places.length);
    if (input.value !== code) input.value = code;
    markNext();
    if (input.value.length === places.length) input.form.requestSubmit();
  });
  boxes.classList.add('scripted');
  markNext();
}

// Closes an open menu with Escape, or with a click elsewhere.
for (const menu of document.querySelectorAll('.languages')) {
  document.addEventListener('click', ({ target }) => {
    if (!menu.contains(target)) menu.open = false;
  });
  menu.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
}

// Counts down to the next mail. Its button waits until then.
for (const form of document.querySelectorAll('[data-wait]')) {
  const [button, note] = [form.querySelector('button'), form.querySelector('.next-mail')];
  const words = new Intl.RelativeTimeFormat(`${document.documentElement.lang}-u-nu-latn`);
  const text = note.textContent;
  const end = Date.now() + Number(form.dataset.wait) * 1_000;
  const show = () => {
    const left = Math.ceil((end - Date.now()) / 1_000);
    button.disabled = left > 0;
    note.hidden = left <= 0;
    if (left <= 0) return;
    const when = left < 120 ? words.format(left, 'second') : words.format(Math.ceil(left / 60), 'minute');
    note.textContent = text.replace(note.dataset.when, when);
    setTimeout(show, 1_000);
  };
  show();
}

// Polls the executor while the visitor opens the link, with growing intervals.
const waiting = document.querySelector('[data-poll]');
if (waiting) {
  // Names what this tab waits for: reloaded, it does not continue a run that another tab continues.
  history.replaceState(null, '', waiting.dataset.waiting);
  const maxInterval = 30_000;
  let interval = 2_000;
  let timer;
  const poll = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') return;
    try {
      const response = await fetch(waiting.dataset.poll, {
        headers: { accept: 'application/json' },
        cache: 'no-store',
      });
      const challenge = response.ok ? await response.json() : undefined;
      if (challenge && (challenge.component !== 'ak-stage-email' || challenge.confirmed)) {
        location.reload();
        return;
      }
    } catch {
      // The network is down; the next poll may succeed.
    }
    interval = Math.min(maxInterval, interval * 1.2);
    timer = setTimeout(poll, interval);
  };
  document.addEventListener('visibilitychange', poll);
  timer = setTimeout(poll, interval);
}
