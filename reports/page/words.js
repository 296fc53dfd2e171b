// Texts of the page in its language, and small tools for what follows.
const words = JSON.parse(document.getElementById('words').textContent);

const element = (name, className, text) => {
  const e = document.createElement(name);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
};

const button = (text, className, act) => {
  const b = element('button', className, text);
  b.type = 'button';
  b.addEventListener('click', act);
  return b;
};

// save offers a text or a picture as a file.
const save = (name, content, type) => {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const a = element('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
};

// zone is the time zone that times are shown in.
const zone = { local: false };

const two = (n) => String(n).padStart(2, '0');

// clockText writes an instant (ISO 8601 in UTC) in the zone chosen, with as many decimals as it has.
const clockText = (iso, named) => {
  const fraction = (/\.\d+/.exec(iso) || [''])[0];
  const date = new Date(iso.replace(/\.\d+/, ''));
  if (Number.isNaN(date.getTime())) return null;
  if (!zone.local) return iso.replace('T', ' ').replace('Z', '') + (named ? ' UTC' : '');
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? '-' : '+';
  const suffix = ' ' + sign + two(Math.floor(Math.abs(offset) / 60)) + ':' + two(Math.abs(offset) % 60);
  return date.getFullYear() + '-' + two(date.getMonth() + 1) + '-' + two(date.getDate()) + ' ' + two(date.getHours()) + ':' + two(date.getMinutes()) + ':' +
    two(date.getSeconds()) + fraction + (named ? suffix : '');
};

// millisText writes milliseconds since 1970, with a fraction.
const millisText = (ms) => {
  const micros = Math.round((ms - Math.floor(ms)) * 1000);
  const iso = new Date(Math.floor(ms)).toISOString();
  return clockText(iso.replace('Z', (micros ? String(micros).padStart(3, '0') : '') + 'Z').replace(/\.000Z$/, 'Z'), false);
};

// rezone writes every time of the page in the zone chosen.
const rezone = () => {
  for (const t of document.querySelectorAll('time')) {
    t.dataset.utc ??= t.textContent;
    const named = t.dataset.utc.endsWith(' UTC');
    t.textContent = zone.local ? clockText(t.getAttribute('datetime'), named) ?? t.dataset.utc : t.dataset.utc;
  }
};
