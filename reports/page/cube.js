// The filter: a time and an address, applied to charts by the cube and to tables by their rows.
const cubeNode = document.getElementById('cube');
const cube = cubeNode && JSON.parse(cubeNode.textContent);
const filter = { from: 0, to: cube ? cube.bins : 0, address: '' };
const mostBars = 20;

const filtering = () => cube && (filter.from > 0 || filter.to < cube.bins || filter.address !== '');
const nameOf = (n) => (n < 0 ? null : cube.names[n]);
const othersLast = (name) => name === 'others';

// chosen calls back with every cell that the filter lets through.
const chosen = (each) => {
  const wanted = filter.address === '' ? -2 : cube.names.indexOf(filter.address);
  for (let i = 0; i < cube.t.length; i++) {
    if (cube.t[i] < filter.from || cube.t[i] >= filter.to) continue;
    if (wanted === -2 || cube.src[i] === wanted || cube.dst[i] === wanted) each(i);
  }
};

// sums are the amounts of a measure by what name(i) says of a cell, the greatest first, others last.
const sums = (measure, name) => {
  const out = new Map();
  chosen((i) => {
    const key = name(i);
    if (key !== null && cube[measure][i] > 0) out.set(key, (out.get(key) ?? 0) + cube[measure][i]);
  });
  const sorted = [...out].sort((a, b) => othersLast(a[0]) - othersLast(b[0]) || b[1] - a[1]);
  const top = sorted.filter(([key]) => !othersLast(key));
  const rest = sorted.filter(([key]) => othersLast(key)).concat(top.slice(mostBars)).reduce((sum, [, n]) => sum + n, 0);
  const shown = top.slice(0, mostBars);
  return rest > 0 ? [...shown, ['others', rest]] : shown;
};

const millisOf = (bin) => cube.start + bin * cube.width;

// Each makes the option of a chart of its key from the cube; the second value is its height.
const remade = {
  bars(plot, option) {
    const list = sums(plot.data.measure, (i) => nameOf(cube[plot.data.key][i]));
    const longest = Math.max(4, ...list.map(([name]) => name.length));
    option.grid.left = Math.ceil(longest * 6.8) + 12;
    option.yAxis.data = list.map(([name]) => (othersLast(name) ? words.others : name));
    option.series[0].data = list.map(([name, n]) => (othersLast(name) ? { value: n, itemStyle: { color: '#a8b0ba' } } : n));
    return [list, list.length * 23 + 34];
  },
  ts(plot, option) {
    const bins = new Map();
    chosen((i) => bins.set(cube.t[i], (bins.get(cube.t[i]) ?? 0) + cube[plot.data.measure][i]));
    const data = [];
    for (let bin = filter.from; bin < filter.to; bin++) data.push([millisOf(bin), bins.get(bin) ?? 0]);
    option.series[0].data = data;
    if (option.series[0].markArea) option.series[0].markArea.data = option.series[0].markArea.data.filter((pair) => pair[0].yAxis === undefined && pair[1].xAxis >= millisOf(filter.from) && pair[0].xAxis <= millisOf(filter.to));
    if (option.series[0].markLine) option.series[0].markLine.data = []; // of the whole, not of a part
    delete option.dataZoom;
    return [data.filter(([, n]) => n > 0).map(([ms, n]) => [millisText(ms), n]), undefined];
  },
  hour(plot, option) {
    const hours = new Map();
    chosen((i) => {
      const hour = Math.floor(millisOf(cube.t[i]) / 3600000) * 3600000;
      hours.set(hour, (hours.get(hour) ?? 0) + cube[plot.data.measure][i]);
    });
    const list = [...hours].sort((a, b) => a[0] - b[0]);
    const height = heatOf(option, list, plot.data.steps);
    return [list.map(([ms, n]) => [millisText(ms), n]), height];
  },
  pair(plot, option) {
    const list = sums(plot.data.measure, (i) => {
      const s = nameOf(cube.src[i]);
      const d = nameOf(cube.dst[i]);
      return s === null || d === null || s === d && s !== 'others' ? null : s + ' ' + d;
    }).filter(([name]) => name !== 'others');
    const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
    const nodes = new Map();
    const count = { s: 0, t: 0 };
    const node = (side, name) => {
      const key = side + ':' + name;
      if (!nodes.has(key)) nodes.set(key, { name: key, itemStyle: { color: colors[count[side]++ % colors.length], borderWidth: 0 } });
      return key;
    };
    const series = option.series[0];
    series.links = list.map(([name, n]) => {
      const [s, d] = name.split(' ');
      return { source: node('s', s), target: node('t', d), value: n };
    });
    series.data = [...nodes.values()];
    return [list.map(([name, n]) => [name.replace(' ', ' → '), n]), Math.max(count.s, count.t) * 26 + 12];
  },
};

// remake draws a plot of the part chosen, or of the whole; the answer is whether it could.
const remake = (plot) => {
  const note = plot.article.querySelector('.scope') ?? plot.article.insertBefore(element('p', 'scope'), plot.node.parentElement);
  const table = plot.article.querySelector('.scroll:not(.part)');
  plot.article.querySelector('.part')?.remove();
  const active = filtering() && plot.data.key && !(cube.folded && plot.data.key.endsWith('_port'));
  plot.filtered = active;
  note.hidden = !filtering();
  note.textContent = active ? words.filtered : words.whole;
  note.classList.toggle('on', Boolean(active));
  if (table) table.hidden = active;
  if (!active) {
    plot.draw(plot.data.option);
    return;
  }
  const option = structuredClone(plot.data.option);
  const make = remade[plot.data.key] ?? remade.bars;
  const [list, height] = make(plot, option);
  if (list.length === 0) note.textContent = words.filtered + ': ' + words.nothing;
  plot.draw(option, height);
  if (table) table.after(part(plot, list));
};

// part is the table of what is drawn of the part chosen.
const part = (plot, list) => {
  const box = element('div', 'scroll part');
  const grid = element('table');
  for (const [name, n] of list) {
    const row = grid.insertRow();
    row.append(element('td', 'c', name === 'others' ? words.others : name), element('td', 'n', n.toLocaleString('en-US')));
  }
  box.append(grid);
  return box;
};

// overlaps reports whether a row's times, if it has any, touch the time chosen.
const overlaps = (row) => {
  const times = [...row.querySelectorAll('time')].map((t) => Date.parse(t.getAttribute('datetime')));
  if (times.length === 0) return true;
  return Math.max(...times) >= millisOf(filter.from) && Math.min(...times) < millisOf(filter.to);
};

const about = (row) => [...row.cells].some((td) => td.textContent === filter.address || !td.classList.contains('n') && td.textContent.split(/[\s,[\]]+/).some((word) => word === filter.address || word.startsWith(filter.address + ':')));

// applyFilter shows the part chosen everywhere.
const applyFilter = () => {
  for (const plot of plots) remake(plot);
  for (const table of tables) {
    const named = table.table.querySelector('td.a') !== null || /conversation/.test(table.table.tHead.textContent);
    table.allowed = filtering() ? (row) => overlaps(row) && (filter.address === '' || !named || about(row)) : () => true;
    table.show();
  }
};
