// What ties the page together: controls, links, keyboard.
const link = () => {
  const parts = [];
  if (cube && (filter.from > 0 || filter.to < cube.bins)) parts.push('t=' + millisOf(filter.from) + '-' + millisOf(filter.to));
  if (filter.address) parts.push('ip=' + encodeURIComponent(filter.address));
  if (zone.local) parts.push('tz=local');
  return '#' + parts.join('&');
};

const remember = () => {
  const anchor = link();
  if (anchor !== location.hash && !(anchor === '#' && !location.hash.includes('='))) history.replaceState(null, '', anchor === '#' ? location.pathname + location.search : anchor);
};

// follow reads a link: a filter, or an anchor, which opens what it lies in.
const follow = () => {
  const hash = location.hash.slice(1);
  if (hash.includes('=')) {
    const parts = new URLSearchParams(hash);
    const time = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(parts.get('t') ?? '');
    if (time && cube) {
      filter.from = Math.min(cube.bins - 1, Math.max(0, Math.round((Number(time[1]) - cube.start) / cube.width)));
      filter.to = Math.min(cube.bins, Math.max(filter.from + 1, Math.round((Number(time[2]) - cube.start) / cube.width)));
    }
    filter.address = parts.get('ip') ?? '';
    zone.local = parts.get('tz') === 'local';
    return;
  }
  const target = hash ? document.getElementById(hash) : null;
  for (let e = target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
  if (target && target.matches('.verdict, [id^="q-"]') && target.closest('#verdicts')) target.querySelector('details')?.setAttribute('open', '');
  target?.scrollIntoView();
};

// overview is the small chart of the whole period, on which a time is chosen.
const overview = (change) => {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('class', 'overview');
  svg.setAttribute('viewBox', '0 0 ' + cube.bins + ' 44');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const totals = new Array(cube.bins).fill(0);
  for (let i = 0; i < cube.t.length; i++) totals[cube.t[i]] += cube.wire_bytes[i];
  const most = Math.max(...totals, 1);
  const bars = totals.map((n, i) => {
    const bar = document.createElementNS(ns, 'rect');
    const height = n > 0 ? Math.max(1.5, n / most * 42) : 0;
    for (const [k, v] of Object.entries({ x: i + 0.05, y: 44 - height, width: 0.9, height })) bar.setAttribute(k, v);
    svg.append(bar);
    return bar;
  });
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    return Math.max(0, Math.min(cube.bins, (event.clientX - box.left) / box.width * cube.bins));
  };
  let began = null;
  svg.addEventListener('pointerdown', (event) => {
    began = at(event);
    svg.setPointerCapture(event.pointerId);
  });
  const drag = (event, done) => {
    if (began === null) return;
    const end = at(event);
    filter.from = Math.min(cube.bins - 1, Math.floor(Math.min(began, end)));
    filter.to = Math.max(filter.from + 1, Math.ceil(Math.max(began, end)));
    change(done);
    if (done) began = null;
  };
  svg.addEventListener('pointermove', (event) => drag(event, false));
  svg.addEventListener('pointerup', (event) => drag(event, true));
  const paint = () => bars.forEach((bar, i) => bar.setAttribute('class', i >= filter.from && i < filter.to ? 'on' : 'off'));
  return { svg, paint };
};

const labelled = (text, control) => {
  const label = element('label', '', text);
  label.append(control);
  return label;
};

// filterControls are the fields of the filter.
const filterControls = () => {
  const box = element('fieldset');
  box.append(element('legend', '', words.filter));
  const when = element('p', 'when');
  when.setAttribute('role', 'status');
  const range = (end) => {
    const input = element('input');
    Object.assign(input, { type: 'range', min: 0, max: cube.bins, step: 1, value: filter[end] });
    input.setAttribute('aria-label', end === 'from' ? words.from : words.to);
    input.addEventListener('input', () => {
      filter[end] = Number(input.value);
      if (filter.from >= filter.to) filter[end] = end === 'from' ? filter.to - 1 : filter.from + 1;
      changed(false);
    });
    input.addEventListener('change', () => changed(true));
    return input;
  };
  const from = range('from');
  const to = range('to');
  const address = element('input');
  Object.assign(address, { type: 'text', placeholder: words.anyAddress, value: filter.address, spellcheck: false, autocomplete: 'off' });
  address.setAttribute('list', 'addresses');
  const list = element('datalist');
  list.id = 'addresses';
  const used = new Set([...cube.src, ...cube.dst]);
  cube.names.forEach((name, i) => {
    if (!used.has(i) || name === 'others') return;
    const option = element('option');
    option.value = name;
    list.append(option);
  });
  address.addEventListener('change', () => {
    filter.address = address.value.trim();
    changed(true);
  });
  const picture = overview((done) => changed(done));
  const changed = (done) => {
    picture.paint();
    from.value = filter.from;
    to.value = filter.to;
    address.value = filter.address;
    when.textContent = millisText(millisOf(filter.from)).slice(0, 19) + ' – ' + millisText(millisOf(filter.to)).slice(0, 19);
    if (!done) return;
    remember();
    applyFilter();
  };
  const reset = button(words.reset, 'tool', () => {
    Object.assign(filter, { from: 0, to: cube.bins, address: '' });
    changed(true);
  });
  const row = element('div', 'row');
  row.append(reset);
  picture.svg.append(Object.assign(document.createElementNS('http://www.w3.org/2000/svg', 'title'), { textContent: words.drag }));
  box.append(picture.svg, when, from, to, labelled(words.address, address), list, row);
  return { box, changed };
};

// zoneControls switch the time zone.
const zoneControls = (switched) => {
  const box = element('fieldset');
  box.append(element('legend', '', words.zone));
  const row = element('div', 'row');
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choices = [[false, words.utc], [true, words.local + (local ? ' (' + local + ')' : '')]].map(([value, text]) => {
    const b = button(text, 'tool', () => {
      zone.local = value;
      show();
      switched();
    });
    row.append(b);
    return [value, b];
  });
  const show = () => choices.forEach(([value, b]) => b.setAttribute('aria-pressed', String(zone.local === value)));
  show();
  box.append(row);
  return box;
};

const copyButtons = () => {
  if (!navigator.clipboard) return;
  for (const code of document.querySelectorAll('pre code')) {
    const b = button(words.copy, 'tool copy', async () => {
      await navigator.clipboard.writeText(code.textContent);
      b.textContent = words.copied;
    });
    code.parentElement.prepend(b);
  }
};

// watch draws charts as they come near, and marks in the list of sections where the reader is.
const watch = () => {
  const near = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting) continue;
      near.unobserve(e.target);
      const plot = plots.find((p) => p.node === e.target);
      try {
        plot.start();
      } catch (err) {
        plot.node.classList.remove('drawn'); // the still picture stays
        console.error(err);
      }
    }
  }, { rootMargin: '300px' });
  for (const plot of plots) near.observe(plot.node);
  const links = new Map([...document.querySelectorAll('nav a')].map((a) => [a.getAttribute('href').slice(1), a]));
  const here = new IntersectionObserver((entries) => {
    for (const e of entries) links.get(e.target.id)?.classList.toggle('here', e.isIntersecting);
  }, { rootMargin: '-20% 0px -70% 0px' });
  for (const section of document.querySelectorAll('section')) here.observe(section);
};

const begin = () => {
  follow();
  for (const node of document.querySelectorAll('.plot[data-height]')) plots.push(new Plot(node));
  for (const table of document.querySelectorAll('table[data-name]')) tables.push(new Table(table));
  const controls = document.getElementById('controls');
  const filters = cube && cube.bins > 1 ? filterControls() : null;
  if (filters) controls.append(filters.box);
  controls.append(zoneControls(() => {
    rezone();
    remember();
    filters?.changed(false);
    applyFilter();
  }));
  copyButtons();
  if (zone.local) rezone();
  filters?.changed(false);
  if (filtering() || zone.local) applyFilter();
  watch();
  if (filters) {
    document.addEventListener('click', (event) => {
      const td = event.target.closest?.('td.a');
      if (!td || !cube.names.includes(td.firstChild.textContent)) return;
      filter.address = td.firstChild.textContent;
      filters.changed(true);
    });
    for (const td of document.querySelectorAll('td.a')) if (cube.names.includes(td.firstChild.textContent)) td.classList.add('pick');
  }
  addEventListener('hashchange', () => {
    follow();
    if (location.hash.includes('=')) {
      filters?.changed(false);
      rezone();
      applyFilter();
    }
  });
  addEventListener('beforeprint', () => {
    for (const plot of plots) plot.node.classList.remove('drawn');
  });
  addEventListener('afterprint', () => {
    for (const plot of plots) if (plot.chart) plot.node.classList.add('drawn');
  });
  document.documentElement.dataset.ready = 'yes';
};

begin();
