// What this phone was told, and whose it is.

import { byId, onClick, write } from "./page";
import type { Phone, Settings } from "./phone";
import { say } from "./say";
import { installing } from "./installed";

type Switch = "sound" | "vibration" | "torch";

export class SettingsScreen {
  constructor(private readonly phone: Phone) {
    document.querySelectorAll<HTMLInputElement>("[data-setting]").forEach((box) => {
      box.addEventListener("change", () => void phone.set({ [box.dataset["setting"] as Switch]: box.checked } as Partial<Settings>));
    });
    const camera = byId<HTMLSelectElement>("camera-choice");
    camera.addEventListener("change", () => void phone.set({ camera: camera.value }));
    onClick("do-leave", async () => {
      const { waiting, refused } = await phone.waiting();
      if (waiting + refused > 0) return;
      await phone.leave();
      location.reload();
    });
    installing(byId("do-install"));
  }

  async draw(): Promise<void> {
    const { phone } = this;
    document.querySelectorAll<HTMLInputElement>("[data-setting]").forEach((box) => {
      box.checked = phone.settings[box.dataset["setting"] as Switch];
    });
    await this.drawCameras();
    const { waiting, refused } = await phone.waiting();
    byId<HTMLButtonElement>("do-leave").disabled = waiting + refused > 0;
    write("device-state", phone.owner?.device ? say("device-mode") : say("staff-mode", { n: phone.owner?.staff ?? "" }));
    if (matchMedia("(display-mode: standalone)").matches) write("install-state", say("is-installed"));
    const isPersisted = (await navigator.storage?.persisted?.()) === true;
    write("persist-state", say(isPersisted ? "persisted" : "not-persisted"));
  }

  private async drawCameras(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const select = byId<HTMLSelectElement>("camera-choice");
    while (select.options.length > 0) select.remove(0);
    select.add(new Option(say("camera-any"), ""));
    devices
      .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "")
      .forEach(({ label, deviceId }, index) => select.add(new Option(label || say("camera-n", { n: index + 1 }), deviceId)));
    select.value = this.phone.settings.camera;
  }
}
