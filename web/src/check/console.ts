// The console: pass, document, temperature, decision, next. What was typed of a document is compared and dropped.

import { isFever, isOffered, missing, needsReason, objections, readCelsius, readPlate, type Attempt, type Decision, type Way } from "./attempt";
import { Camera } from "./camera";
import { prepareSound, signal } from "./feedback";
import { listenToHandScanner } from "./hand-scanner";
import { MoreParts, NotJudged, begun, judge, parts } from "./judging";
import { titleOf } from "./kit";
import { button, byId, fill, onClick, onSubmit, show, write } from "./page";
import type { Phone } from "./phone";
import { say } from "./say";
import { connect, hasBluetooth } from "./thermometer";
import { isHolder } from "./verify";

const STEPS = ["pass", "document", "temperature", "more"] as const;
type Step = (typeof STEPS)[number];
const DEFAULT_FEVER_C = 37.3;

export class Console {
  private attempt: Attempt | null = null;
  /** Counts attempts, so that a slow answer about the one before is not taken for this one. */
  private turn = 0;
  private readonly camera = new Camera(byId<HTMLVideoElement>("viewfinder"), (text) => void this.scanned(text));
  private hasTorch = false;

  constructor(
    private readonly phone: Phone,
    private readonly changed: (note: string, isTrouble: boolean) => void,
  ) {
    this.wirePass();
    this.wireDocument();
    this.wireTemperature();
    this.wireDecision();
    document.querySelectorAll<HTMLElement>("[data-fold]").forEach((fold) => {
      fold.addEventListener("click", () => this.open(fold.dataset["fold"] as Step, fold.getAttribute("aria-expanded") !== "true"));
    });
    byId<HTMLInputElement>("plate").addEventListener("input", () => this.update({ plate: readPlate(this.field("plate").value) }));
    this.draw();
  }

  private field(id: string): HTMLInputElement {
    return byId<HTMLInputElement>(id);
  }

  private get feverC(): number {
    return this.phone.kept?.kit.settings.fever_c ?? DEFAULT_FEVER_C;
  }

  private get direction(): string | null {
    const listed = this.phone.kept?.kit.lists.direction ?? [];
    return listed.find(({ code }) => code === this.phone.settings.direction)?.code ?? listed[0]?.code ?? null;
  }

  // ── the pass ──

  private wirePass(): void {
    onClick("do-scan", () => this.scan());
    onClick("do-stop", () => this.stop());
    onClick("do-torch", () => this.torch(!this.hasTorch));
    onClick("do-type", () => {
      show("typed", true);
      this.field("typed-text").focus();
    });
    onSubmit("typed", async () => {
      const field = this.field("typed-text");
      if (field.value.trim() === "") return field.focus();
      if (await this.begin(field.value, "typed")) field.value = "";
    });
    for (const way of ["paper", "helper"] as const) onClick(`do-${way}`, () => this.withoutCode(way));
    listenToHandScanner((text, field) => this.handScanned(text, field));
  }

  /** Looks for codes; called again when the screen comes back. */
  async scan(): Promise<void> {
    show("typed", false);
    show("camera", true);
    prepareSound(this.phone.settings);
    void this.phone.warm();
    try {
      await this.camera.start(this.phone.settings.camera);
      show("do-torch", this.camera.hasTorch);
      if (this.phone.settings.torch && this.camera.hasTorch) await this.torch(true);
      this.changed(say("scanning"), false);
    } catch (error) {
      this.stop();
      this.changed(error instanceof Error ? error.message : String(error), true);
    }
  }

  stop(): void {
    this.camera.stop();
    show("camera", false);
  }

  private async torch(isOn: boolean): Promise<void> {
    await this.camera.torch(isOn).catch(() => undefined);
    this.hasTorch = isOn;
    byId("do-torch").setAttribute("aria-pressed", String(isOn));
  }

  /** While somebody is being checked the camera may see the same code again: only the next person's counts. */
  private async scanned(text: string): Promise<void> {
    if (this.attempt) return;
    performance.mark("check-scanned");
    await this.begin(text, "scan");
    performance.mark("check-judged");
    performance.measure("check-scan-to-verdict", "check-scanned", "check-judged");
  }

  private handScanned(text: string, field: HTMLInputElement | null): boolean {
    if (byId("screen-console").hidden) return false;
    const isCode = /^(LF1:|HC1:|NZCP:|shc:\/)/.test(text);
    if (field && !isCode) return false;
    if (isCode || !this.attempt) void this.begin(text, "scan");
    else void this.compare(text);
    return true;
  }

  private async begin(text: string, way: Way): Promise<boolean> {
    const turn = (this.turn += 1);
    write("verdict-reason", say("judging"));
    try {
      const judged = await judge(this.phone, text, way, this.direction);
      if (turn !== this.turn) return false;
      this.judged(judged.attempt, judged.words);
      return true;
    } catch (error) {
      if (turn !== this.turn) return false;
      if (!(error instanceof NotJudged)) throw error;
      write("verdict-reason", error.message);
      signal(error instanceof MoreParts, this.phone.settings);
      return false;
    }
  }

  private withoutCode(way: Way): void {
    this.turn += 1;
    this.judged(begun(way, this.direction), say("none"));
  }

  private judged(attempt: Attempt, words: string): void {
    this.attempt = attempt.claims ? attempt : { ...attempt, document: "not_compared" };
    const look = lookOf(attempt);
    const isGood = look === "ok";
    byId("verdict").dataset["verdict"] = look;
    for (const mark of ["ok", "bad", "unknown"]) show(`verdict-${mark}`, mark === look);
    write("verdict-reason", words);
    write("answer-pass", `${byId(`verdict-${look}`).textContent ?? ""} · ${say(`way-${attempt.way}`)}`);
    show("note", false);
    write("document-result", attempt.claims ? "" : say("no-pass-to-compare"));
    show("typed", false);
    show("document-form", attempt.claims !== null);
    this.drawDirections();
    this.draw();
    this.next();
    setTimeout(() => signal(isGood, this.phone.settings), 0); // the words come first
  }

  // ── the document ──

  private wireDocument(): void {
    onSubmit("document-form", () => {
      const field = this.field("document-number");
      if (field.value.trim() === "") return field.focus();
      void this.compare(field.value);
    });
    onClick("do-not-compared", () => {
      write("document-result", say("not-compared"));
      this.update({ document: "not_compared" });
      this.next();
    });
  }

  private async compare(number: string): Promise<void> {
    this.field("document-number").value = "";
    const { turn, attempt } = this;
    if (!attempt?.claims) return;
    const isOwn = await isHolder(attempt.claims, number);
    if (turn !== this.turn) return;
    write("document-result", say(isOwn ? "match" : "differs"));
    signal(isOwn, this.phone.settings);
    this.update({ document: isOwn ? "match" : "differs" });
    this.next();
  }

  // ── the temperature ──

  private wireTemperature(): void {
    const field = this.field("celsius");
    field.addEventListener("input", () => this.typedCelsius());
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.next();
    });
    document.querySelectorAll<HTMLElement>("[data-key]").forEach((key) => {
      key.addEventListener("click", () => {
        const sign = key.dataset["key"] ?? "";
        field.value = sign === "clear" ? "" : (readCelsius(field.value) === null ? field.value + sign : sign).slice(0, 4);
        this.typedCelsius();
      });
    });
    show("do-thermometer", hasBluetooth());
    onClick("do-thermometer", () => connect((celsius) => this.measured(celsius)).catch((error: unknown) => this.changed(say("thermometer-failed", { n: String(error) }), true)));
  }

  private measured(celsius: number): void {
    if (!this.attempt || byId("screen-console").hidden) return;
    this.field("celsius").value = celsius.toFixed(1);
    this.typedCelsius();
  }

  private typedCelsius(): void {
    const typed = this.field("celsius").value;
    const celsius = readCelsius(typed);
    const isFebrile = isFever(celsius, this.feverC);
    const digits = typed.replace(/\D/g, "").length;
    const words = celsius === null ? (digits >= 3 ? say("celsius-range") : "") : say(isFebrile ? "fever" : "normal", { n: celsius.toFixed(1), m: this.feverC });
    write("celsius-result", words);
    byId("celsius-result").classList.toggle("wrong", isFebrile || (celsius === null && digits >= 3));
    this.update({ celsius });
    if (celsius === null) return;
    if (isFebrile) signal(false, this.phone.settings);
    this.next();
  }

  // ── direction, plate, decision ──

  private drawDirections(): void {
    const listed = this.phone.kept?.kit.lists.direction ?? [];
    const chosen = this.attempt?.direction;
    const choices = listed.map(({ code, title }) => {
      const choice = button(titleOf(title), async () => {
        this.update({ direction: code });
        await this.phone.set({ direction: code });
        this.drawDirections();
      });
      choice.setAttribute("aria-pressed", String(code === chosen));
      return choice;
    });
    fill("direction-choices", choices);
    write("answer-more", titleOf(listed.find(({ code }) => code === chosen)?.title ?? ""));
  }

  private wireDecision(): void {
    document.querySelectorAll<HTMLElement>("[data-decision]").forEach((decision) => {
      decision.addEventListener("click", () => void this.decide(decision.dataset["decision"] as Decision));
    });
    onClick("do-cancel", () => this.askReason(null));
    onClick("do-again", () => this.reset());
  }

  private async decide(decision: Decision): Promise<void> {
    if (!this.attempt || !isOffered(this.attempt, decision)) return;
    if (needsReason(this.attempt, decision, this.feverC)) this.askReason(decision);
    else await this.record(decision, null);
  }

  private askReason(decision: Decision | null): void {
    show("reasons", decision !== null);
    show("decisions", decision === null);
    if (!decision) return;
    write("reasons-title", say("reason-for", { n: say(decision) }));
    const listed = this.phone.kept?.kit.lists.reason ?? [];
    // A certificate of another issuer is a reason of its own, and the likely one where one was shown.
    const own = listed.filter(({ code }) => code === "foreign");
    const isForeign = this.attempt?.kind === "foreign";
    const others = listed.filter(({ code }) => code !== "foreign");
    fill("reason-choices", (isForeign ? [...own, ...others] : others).map(({ code, title }) => button(titleOf(title), () => this.record(decision, code))));
    byId("reasons-title").focus();
  }

  private async record(decision: Decision, reason: string | null): Promise<void> {
    const { attempt } = this;
    if (!attempt) return;
    this.attempt = null; // a second tap records nothing
    try {
      const isKept = await this.phone.record(attempt, decision, reason);
      this.reset();
      this.changed(isKept ? say("recorded", { n: say(decision) }) : say("full"), !isKept);
    } catch (error) {
      this.attempt = attempt;
      const words = this.phone.kept ? say("not-kept", { n: String(error) }) : say("no-kit");
      this.changed(words, true);
      signal(false, this.phone.settings);
    }
  }

  // ── what is shown ──

  private update(change: Partial<Attempt>): void {
    if (!this.attempt) return;
    this.attempt = { ...this.attempt, ...change };
    this.draw();
  }

  /** Ready for the next person. */
  reset(): void {
    this.turn += 1;
    parts.clear();
    this.attempt = null;
    for (const id of ["typed-text", "document-number", "celsius", "plate"]) this.field(id).value = "";
    for (const id of ["verdict-reason", "document-result", "celsius-result", "answer-pass"]) write(id, "");
    for (const mark of ["ok", "bad", "unknown"]) show(`verdict-${mark}`, false);
    delete byId("verdict").dataset["verdict"];
    byId("celsius-result").classList.remove("wrong");
    this.askReason(null);
    this.draw();
    STEPS.forEach((step) => this.open(step, step === "pass"));
    byId("main").scrollIntoView();
    (this.camera.isOn ? byId("main") : byId("do-scan")).focus();
  }

  private draw(): void {
    const { attempt } = this;
    show("decision", attempt !== null);
    show("ways", attempt === null);
    byId("camera").classList.toggle("away", attempt !== null);
    show("do-admit", isOffered(attempt, "admit"));
    write("answer-document", attempt?.document ? say(`answer-${attempt.document}`) : "");
    write("answer-temperature", attempt?.celsius ? `${attempt.celsius.toFixed(1)} ℃` : "");
    if (!attempt) return;
    const needs = missing(attempt).map((need) => say(`step-${need}`));
    const against = objections(attempt, this.feverC).map((key) => say(key));
    if (needs.length > 0) write("missing", say("missing", { n: needs.join(say("comma")) }));
    else if (against.length > 0) write("missing", say("needs-reason", { n: against.join(say("comma")) }));
    else write("missing", say("ready"));
    const isDue = isFever(attempt.celsius, this.feverC) ? "do-hold" : "do-admit";
    for (const id of ["do-admit", "do-hold"]) byId(id).classList.toggle("primary", id === isDue);
  }

  private open(step: Step, isOpen: boolean): void {
    show(`body-${step}`, isOpen);
    document.querySelector(`[data-fold="${step}"]`)?.setAttribute("aria-expanded", String(isOpen));
  }

  /** Opens what is missing next and puts the focus there. */
  private next(): void {
    const [need] = missing(this.attempt);
    const isDoubtful = byId("verdict").dataset["verdict"] !== "ok";
    const showsVerdict = need === "document" || (need === "temperature" && isDoubtful);
    STEPS.forEach((step) => this.open(step, step === need || (step === "pass" && showsVerdict)));
    const at = need === "document" ? "document-number" : need === "temperature" ? "celsius" : byId("do-admit").hidden ? "do-refuse" : "do-admit";
    byId(at).focus({ preventScroll: true });
    if (need) byId(showsVerdict ? "step-pass" : `step-${need}`).scrollIntoView();
    else byId("decision").scrollIntoView({ block: "end" });
  }
}

/** What the verdict looks like; undecided is not the same as bad. */
function lookOf({ verdict, kind, standing }: Attempt): "ok" | "bad" | "unknown" {
  if (standing) return standing === "valid" ? "ok" : standing === "not_valid" ? "bad" : "unknown";
  if (verdict === "none" || (verdict === "ok" && kind !== "pass")) return "unknown";
  return verdict === "ok" ? "ok" : "bad";
}
