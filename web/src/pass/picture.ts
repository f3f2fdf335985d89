// A pass as a picture for the album: the code, the day, where and until when it is valid, and the code to be typed.

import { codeOf } from "./code";
import type { Given } from "./kept-passes";
import { inPageLanguage, say } from "./words";

const WIDTH_PX = 900;
const EDGE_PX = 40;
const INK = "#16201f";
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Writes a line in the middle, smaller when it is too long; returns where the next may begin. */
function line(context: CanvasRenderingContext2D, text: string, top: number, size: number, weight = 400): number {
  for (let px = size; px > 20; px -= 2) {
    context.font = `${weight} ${px}px ${FONT}`;
    if (context.measureText(text).width <= WIDTH_PX - 2 * EDGE_PX) break;
  }
  context.fillText(text, WIDTH_PX / 2, top + size);
  return top + Math.round(size * 1.45);
}

export function pictureOf(pass: Given): Promise<Blob | null> {
  const code = codeOf(pass.text);
  const module = Math.floor((WIDTH_PX - 2 * EDGE_PX) / code.size);
  const side = module * code.size;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH_PX;
  canvas.height = side + 460;
  const context = canvas.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = INK;
  context.textAlign = "center";
  let top = line(context, `${say("title")} · ${inPageLanguage(pass.area)}`, 28, 40);
  top = line(context, inPageLanguage(pass.day), top, 76, 700);
  const left = Math.floor((WIDTH_PX - side) / 2);
  for (let row = 0; row < code.size; row += 1) {
    for (let column = 0; column < code.size; column += 1) {
      if (code.isDark(column, row)) context.fillRect(left + column * module, top + row * module, module, module);
    }
  }
  top = line(context, say("area", { area: inPageLanguage(pass.area) }), top + side, 38);
  top = line(context, `${say("short")} ${pass.short}`, top, 38, 600);
  line(context, say("carry"), top, 30);
  context.strokeStyle = INK;
  context.lineWidth = 4;
  context.strokeRect(8, 8, canvas.width - 16, canvas.height - 16);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** The link that saves the picture: the phone draws it. Where files cannot be saved, a long press on what is shown does. */
export function offerPicture(pass: Given): void {
  const link = document.getElementById("pass-save");
  if (!(link instanceof HTMLAnchorElement)) return;
  const show = async (): Promise<void> => {
    const blob = await pictureOf(pass);
    if (!blob) return location.assign(link.href);
    const address = URL.createObjectURL(blob);
    const image = document.createElement("img");
    image.src = address;
    image.alt = say("picture", { day: inPageLanguage(pass.day) });
    const saved = document.createElement("a");
    saved.href = address;
    saved.download = `${say("title")}-${inPageLanguage(pass.day)}.png`.replace(/\s+/g, "-");
    saved.textContent = say("download");
    const how = document.createElement("p");
    how.textContent = say("save-how");
    const place = document.getElementById("pass-picture");
    if (!place) return;
    while (place.firstChild) place.firstChild.remove();
    [how, saved, image].forEach((part) => place.appendChild(part));
    place.hidden = false;
    saved.focus();
  };
  link.onclick = (event) => {
    event.preventDefault();
    void show();
  };
}
