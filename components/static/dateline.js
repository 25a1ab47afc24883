/* The selected date on the timeline: a line over the chart that follows the time control without a redraw. */
function lastDay(month) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

export default function ({ data }) {
  let alive = true, chart, line, shown = data.date;
  // The sentence over the map belongs to the date that was released: while the map moves on it steps back.
  delete document.body.dataset.scrubbing;

  const draw = () => {
    const axis = chart?._fullLayout?.xaxis;
    if (!alive || !axis) return;
    const size = chart._fullLayout._size;
    const x = axis._offset + axis.d2p(shown);
    line.hidden = x < axis._offset - 1 || x > axis._offset + axis._length + 1;
    line.style.cssText = `position:absolute;pointer-events:none;z-index:5;width:1.5px;background:#22252a;left:${x - 0.75}px;top:${size.t}px;height:${size.h}px`;
  };

  const find = () => {
    if (!alive) return;
    const found = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
    if (!found?._fullLayout?.xaxis) { requestAnimationFrame(find); return; }
    if (found !== chart) {
      chart?.removeListener?.("plotly_afterplot", draw);
      chart = found;
      chart.on("plotly_afterplot", draw);
    }
    const holder = chart.querySelector(".svg-container") ?? chart;
    line = holder.querySelector(":scope > .paz-dateline") ?? holder.appendChild(Object.assign(document.createElement("div"), { className: "paz-dateline" }));
    draw();
  };
  find();

  // Another figure (a municipality was chosen, an indicator changed) may come in a new element, without the line.
  const watch = new MutationObserver(() => { if (line && !line.isConnected) find(); });
  const place = document.querySelector(`.st-key-${data.chart}`);
  if (place) watch.observe(place, { childList: true, subtree: true });

  const channel = new BroadcastChannel(data.channel);
  channel.onmessage = ({ data: message }) => {
    if (message?.type !== "month") return;
    shown = lastDay(message.month);
    if (shown.slice(0, 7) !== data.date.slice(0, 7)) document.body.dataset.scrubbing = "1";
    else delete document.body.dataset.scrubbing;
    draw();
  };
  return () => { alive = false; watch.disconnect(); channel.close(); chart?.removeListener?.("plotly_afterplot", draw); };
}
