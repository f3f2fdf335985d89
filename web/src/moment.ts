// The moment a wall looks at, as a slider in hours before now. Without script the form beside it does the same.

const HOUR = 3_600_000;

// City clocks are taken apart as if they were UTC: only hours are added and taken away.
function shifted(now: string, hours: number): string {
  return new Date(Date.parse(now + "Z") - hours * HOUR).toISOString().slice(0, 16);
}

export function slideMoments(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-moment]").forEach((form) => {
    const slider = form.querySelector<HTMLInputElement>("input[type=range]");
    const field = form.querySelector<HTMLInputElement>("input[name=as_of]");
    const now = form.dataset.moment;
    if (!slider || !field || !now) return;
    slider.hidden = false;
    slider.addEventListener("input", () => {
      field.value = shifted(now, Number(slider.value));
    });
    slider.addEventListener("change", () => {
      if (Number(slider.value) > 0) form.submit();
      else location.href = form.action + location.search.replace(/[?&](as_of|back)=[^&]*/g, "").replace(/^&/, "?");
    });
  });
}
