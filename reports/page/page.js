// Upgrades the still pictures to charts with tooltips, and puts a button beside what one may want to copy. Without it the page is whole.
'use strict';
(() => {
  const element = (name, className, text) => {
    const e = document.createElement(name);
    e.className = className;
    e.textContent = text;
    return e;
  };

  // time writes milliseconds since 1970, with a fraction, as UTC to the microsecond.
  const time = (ms) => {
    const micros = Math.round((ms - Math.floor(ms)) * 1000);
    return new Date(Math.floor(ms)).toISOString().replace('T', ' ').replace('Z', String(micros).padStart(3, '0'));
  };

  // describe is the tooltip of what lies under the pointer. All of it is text.
  const describe = (items) => {
    const list = [].concat(items);
    const first = list[0];
    const tip = element('div', 'tip-rows', '');
    tip.append(element('div', 'tip-head', first.axisType === 'xAxis.time' ? time(first.axisValue) : String(first.axisValue)));
    for (const item of list.slice(0, 12)) {
      const value = Array.isArray(item.value) ? item.value[1] : item.value;
      const row = element('div', 'tip-row', '');
      const mark = element('span', 'tip-mark', '');
      mark.style.backgroundColor = item.color;
      const amount = value == null ? 'none' : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
      row.append(mark, element('b', '', amount), element('span', '', item.seriesName.startsWith('series') ? '' : item.seriesName));
      tip.append(row);
    }
    return tip;
  };

  const upgrade = (plot) => {
    const live = plot.querySelector('.live');
    const option = JSON.parse(plot.querySelector('script').textContent);
    const height = Number(plot.dataset.height);
    const size = () => ({ width: Math.max(plot.clientWidth, Number(plot.dataset.min)), height });
    const fit = (dimensions) => {
      live.style.width = dimensions.width + 'px';
      live.style.height = height + 'px';
      plot.classList.toggle('scrolls', dimensions.width > plot.clientWidth);
    };
    plot.classList.add('drawn');
    let now = size();
    fit(now);
    const chart = pcaplakeCharts.draw(live, option, describe);
    new ResizeObserver(() => {
      const next = size();
      if (next.width !== now.width) {
        now = next;
        fit(now);
        chart.resize(now);
      }
    }).observe(plot);
  };

  for (const plot of document.querySelectorAll('.plot')) {
    try {
      upgrade(plot);
    } catch (err) {
      plot.classList.remove('drawn'); // the still picture stays
      console.error(err);
    }
  }

  if (navigator.clipboard) {
    for (const code of document.querySelectorAll('pre code')) {
      const button = element('button', 'copy', 'copy');
      button.type = 'button';
      button.addEventListener('click', async () => {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'copied';
      });
      code.parentElement.prepend(button);
    }
  }

  // A link to a closed part opens it.
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const details = target && target.querySelector('details.sql');
    if (details && target.closest('#findings')) details.open = true;
  };
  addEventListener('hashchange', open);
  open();
})();
