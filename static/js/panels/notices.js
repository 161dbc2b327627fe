/** What there is to say about a tape or a try to make one: bars above the graph, the worst first, each closed by its × or by Esc. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { heard, t } from "../language/index.js";
import { shorten } from "../tape/words.js";
import { dismiss, isDismissed } from "../ui/dismissed.js";
import { Icon } from "../ui/icons.js";
import { withoutPlace } from "../ui/trouble.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../ui/client.js").Where} Where */
/** @typedef {{key: string, tone: "bad" | "warn" | "calm", title: string, detail: string, where: Where | null, close: () => void, act: {label: string, does: () => void, at: number} | null}} Notice */

/** A longer sentence stands in full in the console. */
const DETAIL = 220;

const TITLES = /** @type {Record<string, string>} */ ({
  raised: t("The program raised an exception"),
  timed_out: t("The program ran out of time"),
  out_of_memory: t("The program ran out of memory"),
  too_much_output: t("The program wrote more than a tape holds"),
  cancelled: t("The recording was cancelled"),
  died: t("The program's process ended"),
  failed: t("Tapedeck failed"),
});

/** Warnings of the recorder's own. */
const OWN = /** @type {Record<string, string>} */ ({
  TapedeckForwardMode: t("Not everything was seeded:"),
  TapedeckFailure: t("The recorder could not see everything:"),
});

/** @param {string} key @param {Omit<Notice, "key" | "close">} notice @returns {Notice[]} nothing where it was closed before */
const unlessDismissed = (key, notice) => (isDismissed(key) ? [] : [{ key, close: () => dismiss(key), ...notice }]);

/** @param {Model} model @returns {Notice[]} */
function aboutTheTry(model) {
  const trouble = model.trouble.value;
  if (!trouble) return [];
  const { title, detail, where, retry, retryAt } = trouble;
  return [
    {
      key: "trouble",
      tone: trouble.calm ? "calm" : "bad",
      title,
      detail,
      where,
      close: () => (model.trouble.value = null),
      act: retry && { label: t("Try again"), does: retry, at: retryAt },
    },
  ];
}

/** @param {Model} model @returns {Notice[]} */
function aboutTheEnd(model) {
  const outcome = model.outcome.value;
  if (!outcome || outcome.status === "finished" || model.running.value) return [];
  const { status, where = null, detail = "" } = outcome;
  const tape = model.player.value?.tape;
  const end = (tape?.events.length ?? 0) - 1;
  return unlessDismissed(`${tape?.id ?? model.recorded.value}/outcome`, {
    tone: status === "cancelled" ? "calm" : "bad",
    title: TITLES[status] ?? status,
    detail: heard(withoutPlace(detail, where)),
    where,
    act:
      end > 0 && model.step.value < end
        ? { label: t("Go there"), does: () => model.deck({ type: "end" }), at: 0 }
        : null,
  });
}

/** @param {Model} model @returns {Notice[]} */
function aboutTheTape(model) {
  const id = model.player.value?.tape.id;
  return model.findings.value.flatMap((finding) => {
    const sentence = heard(finding.sentence);
    const [, title = "", detail = sentence] = /^(.*?(?:: |：))(.*)$/s.exec(sentence) ?? [];
    const there = model.step.value === finding.step;
    return unlessDismissed(`${id}/${finding.rule}@${finding.step}`, {
      tone: finding.severity === "error" ? "bad" : finding.severity === "warning" ? "warn" : "calm",
      title: title.trim(),
      detail,
      where: finding.where,
      act: there ? null : { label: t("Go there"), does: () => model.goTo(finding), at: 0 },
    });
  });
}

/** What the recorder itself has to say: a seed that it did not find, something that it could not see. @param {Model} model @returns {Notice[]} */
function aboutTheRecorder(model) {
  const { tape } = model.player.value ?? {};
  return (tape?.events ?? []).flatMap((event, step) => {
    const title = event.kind === "warning" ? OWN[event.category] : undefined;
    if (event.kind !== "warning" || !title) return [];
    return unlessDismissed(`${tape?.id}/${event.category}@${step}`, {
      tone: "warn",
      title,
      detail: `${shorten(event.text, DETAIL)}.`,
      where: null,
      act: null,
    });
  });
}

/** @param {Model} model */
const all = (model) => [
  ...aboutTheTry(model),
  ...aboutTheEnd(model),
  ...aboutTheRecorder(model),
  ...aboutTheTape(model),
];

/** Closes the first notice. @param {Model} model @returns {boolean} whether there was one */
export function closeFirst(model) {
  const [first] = all(model);
  first?.close();
  return first !== undefined;
}

/** @param {{act: NonNullable<Notice["act"]>}} props */
function Act({ act }) {
  const [now, setNow] = useState(Date.now());
  const left = Math.ceil((act.at - now) / 1000);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), 250);
    return () => clearTimeout(timer);
  });
  return html`<button type="button" class="button small" disabled=${left > 0} onClick=${act.does}>${left > 0 ? t("{label} in {left} s", { label: act.label, left }) : act.label}</button>`;
}

/** @param {{model: Model}} props */
export function Notices({ model }) {
  const notices = all(model);
  if (!notices.length) return null;
  return html`<div class="notices">${notices.map(
    ({
      key,
      tone,
      title,
      detail,
      where,
      act,
      close,
    }) => html`<div key=${key} class=${`bar ${tone}`} role=${key === "trouble" && tone === "bad" ? "alert" : "status"}>
    <${Icon} name=${tone === "calm" ? "info" : tone === "warn" ? "warning" : "error"} size=${20} />
    <p>${title && html`<b>${/[:：]$/.test(title) ? title : t("{title}.", { title })}</b> `}<span title=${detail.length > DETAIL ? detail : undefined}>${shorten(detail, DETAIL)}</span>
      ${where?.line ? html`<span class="place">${t("line {line}", { line: where.line })} <code title=${where.expression}>${shorten(where.expression ?? "", 60)}</code></span>` : null}</p>
    ${act && html`<${Act} act=${act} />`}
    <button type="button" class="button icon-only small" title=${t("Dismiss (Esc)")} aria-label=${t("Dismiss")} onClick=${close}><${Icon} name="close" size=${14} /></button>
  </div>`,
  )}</div>`;
}

/** @param {{model: Model}} props */
export function Empty({ model }) {
  if (model.player.value || model.running.value) return null;
  if (model.outcome.value && model.outcome.value.status !== "finished") return null;
  return html`<div class="empty-state"><div class="reels still" aria-hidden="true"><i></i><i></i></div>
    <h2>${t("No tape yet")}</h2><p>${t("Write a PyTorch program and press Run, open a lesson, or drop a .tape file here.")}</p></div>`;
}

/** What a built-in program asks its reader. @param {{model: Model}} props */
export function Question({ model }) {
  const slug = model.lesson.value;
  const question = model.lessons.value.find((each) => each.slug === slug)?.question;
  if (!question || isDismissed(`${slug}/question`) || !model.player.value) return null;
  return html`<aside class="question" aria-label=${t("Question")}>
    <b aria-hidden="true">?</b><p>${question}</p>
    <button type="button" class="button icon-only small" aria-label=${t("Hide the question")} onClick=${() => dismiss(`${slug}/question`)}><${Icon} name="close" size=${14} /></button>
  </aside>`;
}
