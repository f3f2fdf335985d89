// The larger picture: only what bars and lines need.

import { BarChart, LineChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ChartValues } from "./charts";
import { word } from "./words";

use([BarChart, LineChart, GridComponent, TooltipComponent, LegendComponent, DataZoomComponent, SVGRenderer]);

function token(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** Puts an explorable chart of `values` in the place of `picture`, of the same size: nothing jumps. */
export function explore(picture: SVGElement, values: ChartValues): void {
  const box = document.createElement("div");
  box.className = "explore";
  const size = picture.getBoundingClientRect();
  picture.replaceWith(box);
  const chart = init(box, undefined, { renderer: "svg", width: size.width, height: Math.max(size.height, 220) });
  const show = (value: unknown): string => (value === null || value === undefined || value === "-" ? word("unknown") : `${String(value)} ${values.unit}`);
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "inherit" },
    color: [token("--accent"), token("--ink")],
    legend: { bottom: 0, textStyle: { color: token("--ink") } },
    // Text only, so that no value from a page is ever read as markup.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: show },
    grid: { left: 48, right: 8, top: 28, bottom: 64 },
    dataZoom: [{ type: "inside" }],
    xAxis: { type: "category", data: values.labels, axisLabel: { color: token("--ink-2") } },
    yAxis: { type: "value", name: values.unit, minInterval: 1, axisLabel: { color: token("--ink-2") }, splitLine: { lineStyle: { color: token("--line") } } },
    series: [
      { type: "bar", name: values.columns.name, data: values.columns.values },
      ...(values.line ? [{ type: "line" as const, name: values.line.name, data: values.line.values, symbol: "none" }] : []),
    ],
  });
  addEventListener("resize", () => chart.resize({ width: box.clientWidth }));
}
