// What plain forms cannot do. Every page works without it.
'use strict';

// One click is one answer: until the next page comes, a form is sent once.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent === 'true') {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'true';
  for (const button of form.querySelectorAll('button[type="submit"]')) button.setAttribute('aria-disabled', 'true');
});

// A page that comes out of the browser's memory can be used again.
window.addEventListener('pageshow', () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled');
  }
});

// Passwords can be looked at, and are hidden again before they are sent: browsers remember what a text field held.
for (const place of document.querySelectorAll('.secret')) {
  const input = place.querySelector('input');
  const button = document.createElement('button');
  const show = (isShown) => {
    input.type = isShown ? 'text' : 'password';
    button.textContent = isShown ? place.dataset.hide : place.dataset.show;
    button.setAttribute('aria-pressed', String(isShown));
  };
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-label', place.dataset.label);
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => {
    show(input.type === 'password');
    input.focus();
  });
  show(false);
  place.append(button);
  input.form.addEventListener('submit', () => show(false));
}

// The page that waits for a mail asks now and then whether its link was used, most often in the beginning.
const waiting = document.querySelector('[data-poll]');
if (waiting) {
  const longest = 30_000;
  let pause = 2_000;
  let timer;
  const ask = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') return;
    try {
      const answer = await fetch(waiting.dataset.poll, { headers: { accept: 'application/json' }, cache: 'no-store' });
      const challenge = answer.ok ? await answer.json() : undefined;
      if (challenge && (challenge.component !== 'ak-stage-email' || challenge.confirmed)) {
        location.reload();
        return;
      }
    } catch {
      // The network is away for a moment.
    }
    pause = Math.min(longest, pause * 1.2);
    timer = setTimeout(ask, pause);
  };
  document.addEventListener('visibilitychange', ask);
  timer = setTimeout(ask, pause);
}
