// Shows new mails without reloading. The page works without this script: it has a link to reload.
'use strict';

/** Milliseconds between requests, and how many there are at most while nobody looks at another page: an hour. */
const interval = 3000;
const maxRequests = 1200;

const news = document.getElementById('news');
const reload = document.getElementById('reload');
let requests = 0;
let timer;

const keysIn = (list) => new Set([...list.querySelectorAll('.mails a')].map((link) => link.pathname));

/** Replaces the list, and keeps the focus on its mail. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok) throw new Error(String(response.status));
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('mails');
  const list = document.getElementById('mails');
  const known = keysIn(list);
  const added = [...fresh.querySelectorAll('.mails li')].filter((item) => !known.has(item.querySelector('a').pathname));
  for (const item of added) item.classList.add('new');
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  list.replaceWith(document.adoptNode(fresh));
  if (focused !== null) fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  if (added.length > 0) news.textContent = added.length === 1 ? '1 new mail' : `${added.length} new mails`;
}

async function look() {
  requests += 1;
  try {
    const response = await fetch('/dev/mailbox/version/');
    if (!response.ok) throw new Error(String(response.status));
    const version = await response.text();
    if (version !== document.getElementById('mails').dataset.version) await refresh();
  } catch {
    return stop('The mailbox does not answer.');
  }
  return requests < maxRequests ? plan() : stop('New mails are not shown any longer.');
}

function plan() {
  clearTimeout(timer);
  if (document.visibilityState === 'visible') timer = setTimeout(look, interval);
}

function stop(reason) {
  document.removeEventListener('visibilitychange', plan);
  news.textContent = reason;
  reload.hidden = false;
}

reload.hidden = true;
news.textContent = 'New mails appear here.';
document.addEventListener('visibilitychange', plan);
plan();
