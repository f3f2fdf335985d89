// A picture of chains: larger and smaller, moved by dragging, a chain followed by pointing at a case, a file of pixels.
// Without it the whole picture, its tables and its files remain.

const LEAST = 0.08;

interface Window {
  x: number;
  y: number;
  width: number;
  height: number;
}

function read(picture: SVGSVGElement): Window {
  const [x = 0, y = 0, width = 1, height = 1] = (picture.getAttribute("viewBox") ?? "").split(" ").map(Number);
  return { x, y, width, height };
}

function show(picture: SVGSVGElement, at: Window): void {
  picture.setAttribute("viewBox", `${at.x} ${at.y} ${at.width} ${at.height}`);
}

/** The window `factor` times as large around a point that stays where it is, never larger than the whole. */
function scaled(at: Window, whole: Window, factor: number, px: number, py: number): Window {
  const size = Math.min(1, Math.max(LEAST, (at.width * factor) / whole.width));
  const width = whole.width * size;
  const height = whole.height * size;
  return kept({ x: px - ((px - at.x) * width) / at.width, y: py - ((py - at.y) * height) / at.height, width, height }, whole);
}

function kept(at: Window, whole: Window): Window {
  const between = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  return {
    ...at,
    x: between(at.x, whole.x, whole.x + whole.width - at.width),
    y: between(at.y, whole.y, whole.y + whole.height - at.height),
  };
}

function wireZoom(figure: HTMLElement, picture: SVGSVGElement): void {
  const whole = read(picture);
  let now = whole;
  const set = (next: Window): void => {
    now = next;
    show(picture, now);
  };
  const middle = (factor: number): void => set(scaled(now, whole, factor, now.x + now.width / 2, now.y + now.height / 2));
  figure.querySelectorAll<HTMLButtonElement>("[data-zoom]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset["zoom"] === "whole") set(whole);
      else middle(button.dataset["zoom"] === "in" ? 0.7 : 1 / 0.7);
    });
  });
  const point = (event: MouseEvent): [number, number] => {
    const box = picture.getBoundingClientRect();
    return [now.x + ((event.clientX - box.left) / box.width) * now.width, now.y + ((event.clientY - box.top) / box.height) * now.height];
  };
  // The wheel alone scrolls the page.
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const [x, y] = point(event);
    set(scaled(now, whole, event.deltaY > 0 ? 1.2 : 1 / 1.2, x, y));
  }, { passive: false });
  let held: { x: number; y: number; at: Window } | null = null;
  picture.addEventListener("pointerdown", (event) => {
    if (now.width < whole.width) held = { x: event.clientX, y: event.clientY, at: now };
  });
  picture.addEventListener("pointermove", (event) => {
    if (!held) return;
    const box = picture.getBoundingClientRect();
    const x = held.at.x - ((event.clientX - held.x) / box.width) * now.width;
    const y = held.at.y - ((event.clientY - held.y) / box.height) * now.height;
    set(kept({ ...now, x, y }, whole));
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) picture.addEventListener(end, () => (held = null));
  const frame = figure.querySelector<HTMLElement>(".chain-scroll");
  frame?.addEventListener("keydown", (event) => {
    const step: Record<string, [number, number]> = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };
    const by = step[event.key];
    if (event.key === "+" || event.key === "=") middle(0.7);
    else if (event.key === "-") middle(1 / 0.7);
    else if (event.key === "0") set(whole);
    else if (by && now.width < whole.width) set(kept({ ...now, x: now.x + by[0] * now.width, y: now.y + by[1] * now.height }, whole));
    else return;
    event.preventDefault();
  });
}

/** Marks of one chain: those above a case to the first, and everybody below it. */
function chainOf(marks: Map<string, SVGElement>, below: Map<string, string[]>, start: string): Set<string> {
  const chain = new Set<string>();
  for (let at: string | undefined = start; at !== undefined && !chain.has(at); at = marks.get(at)?.dataset["from"]) chain.add(at);
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    chain.add(at);
    open.push(...(below.get(at) ?? []).filter((other) => !chain.has(other)));
  }
  return chain;
}

function wireChains(figure: HTMLElement, picture: SVGSVGElement): void {
  const marks = new Map<string, SVGElement>();
  const below = new Map<string, string[]>();
  picture.querySelectorAll<SVGElement>("[data-mark]").forEach((mark) => {
    const id = mark.dataset["mark"] ?? "";
    marks.set(id, mark);
    const from = mark.dataset["from"];
    if (from !== undefined) below.set(from, [...(below.get(from) ?? []), id]);
  });
  const links = Array.from(picture.querySelectorAll<SVGElement>("[data-to]"));
  const told = figure.querySelector<HTMLElement>("[data-chain-told]");
  const opener = figure.querySelector<HTMLAnchorElement>("[data-chain-open]");
  const first = told?.textContent ?? "";
  const follow = (id: string | null): void => {
    const chain = id === null ? null : chainOf(marks, below, id);
    picture.classList.toggle("following", chain !== null);
    marks.forEach((mark, at) => mark.classList.toggle("on", chain?.has(at) ?? false));
    links.forEach((link) => link.classList.toggle("on", chain?.has(link.dataset["to"] ?? "") ?? false));
    const mark = id === null ? undefined : marks.get(id);
    if (told) told.textContent = mark?.querySelector("title")?.textContent ?? first;
    const href = mark?.dataset["href"];
    if (opener) {
      opener.hidden = href === undefined;
      if (href !== undefined) opener.href = href;
    }
  };
  picture.addEventListener("click", (event) => {
    const hit = event.target instanceof SVGElement ? event.target : null;
    const page = hit?.dataset["mark"] === undefined ? hit?.dataset["href"] : undefined;
    if (page !== undefined) location.assign(page);
    else follow(hit?.dataset["mark"] ?? null);
  });
  // Its places have a file of their own, opened by a second press.
  picture.addEventListener("dblclick", (event) => {
    const href = event.target instanceof SVGElement ? event.target.dataset["href"] : undefined;
    if (href !== undefined) location.assign(href);
  });
}

async function pixels(address: string): Promise<Blob | null> {
  const text = await (await fetch(address, { credentials: "same-origin" })).text();
  const size = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(text);
  const [width, height] = [Number(size?.[1] ?? 1000), Number(size?.[2] ?? 600)];
  // Without a size of its own a picture has none in some browsers.
  const sized = text.replace("<svg ", `<svg width="${width}" height="${height}" `);
  const url = URL.createObjectURL(new Blob([sized], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    const factor = Math.min(2, 8000 / Math.max(width, height));
    [canvas.width, canvas.height] = [Math.round(width * factor), Math.round(height * factor)];
    const pen = canvas.getContext("2d");
    if (!pen) return null;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

function wirePixels(button: HTMLButtonElement): void {
  button.hidden = false;
  button.addEventListener("click", () => {
    void pixels(button.dataset["chainPng"] ?? "").then((blob) => {
      if (!blob) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "chains.png";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  });
}

/** Wires the pictures of chains on the page. */
export function wireChainPictures(): void {
  document.querySelectorAll<HTMLElement>("figure[data-chain-picture]").forEach((figure) => {
    const picture = figure.querySelector<SVGSVGElement>("svg.chain");
    if (!picture) return;
    wireZoom(figure, picture);
    wireChains(figure, picture);
    const button = figure.querySelector<HTMLButtonElement>("[data-chain-png]");
    if (button) wirePixels(button);
  });
}
