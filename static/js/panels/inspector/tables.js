/** The live tables of a module: `_parameters`, `_buffers`, `_modules`, what is in none of them, and the hook dictionaries. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { besides, contentsAt, places } from "../../tape/contents.js";
import { hookTables } from "../../tape/hook_tables.js";
import { list } from "../../tape/lists.js";
import { walked } from "../../tape/walks.js";
import { formatDtype, formatShape, formatValue, isSilent, typeName } from "../../tape/words.js";
import { Icon } from "../../ui/icons.js";
import { Amount, Link, Row, Section } from "./parts.js";

/** @typedef {import("./parts.js").CardProps} CardProps */
/** @typedef {import("./parts.js").Tape} Tape */
/** @typedef {import("../../tape/format.js").Entry} Entry */
/** @typedef {import("../../tape/format.js").Unregistered} Unregistered */

/** `Linear(in_features=64, …)`. @param {Tape} tape @param {number} id */
export const written = (tape, id) => `${typeName(tape.modules[id].type)}(${tape.modules[id].extra_repr})`;

/** A gradient beside its parameter, whose shape it has: its size is enough. @param {{tape: Tape, id: number | null}} props */
function Gradient({ tape, id }) {
  if (id === null) return isSilent(tape) ? null : html`<code>.grad None</code>`;
  const text = formatValue(tape, id, { max: 1 });
  return html`<span title=${formatValue(tape, id)}><code>.grad </code><${Amount} text=${text.replace(/^\S+ \S+ (?=‖)/, "")} /></span>`;
}

/** A table with nothing in it is said to be there, in one line. @param {{name: string, note: string, empty: boolean, children: unknown}} props */
function Table({ name, note, empty, children }) {
  if (empty) return html`<div class="drawer empty"><code>${name}</code> <span class="muted">${t("empty")}</span></div>`;
  return html`<div class="drawer" role="group" aria-label=${name}><h4><code>${name}</code>${note && html` <span>${note}</span>`}</h4><ul>${children}</ul></div>`;
}

/** The other paths of something that is registered more than once. @param {{paths: readonly string[], own: string}} props */
function Tied({ paths, own }) {
  const others = paths.filter((path) => path !== own);
  return others.length === 0
    ? null
    : html`<span class="tied" title=${t("One object, registered in several places")}>${t("the same as {paths}", { paths: list(others, 3) })}</span>`;
}

/** @param {{model: CardProps["model"], player: CardProps["player"], owner: string, entry: Entry, passing: boolean, buffer: boolean}} props */
function TensorEntry({ model, player: { tape, history }, owner, entry, passing, buffer }) {
  const { name, row, value: first } = entry;
  if (row === null) return html`<li><div><b class="key">${name}</b><code class="muted">None</code></div></li>`;
  const tensor = tape.tensors[row];
  const { value, version, grad, seen } = history.at(model.step.value).tensor(row);
  const shown = seen ? value : first;
  const marks = [
    buffer ? null : html`<code>${`requires_grad=${tensor.requires_grad ? "True" : "False"}`}</code>`,
    passing ? html`<code>persistent=False</code>` : null,
    seen && version ? t("version {version}", { version }) : null,
    buffer && grad === null ? null : html`<${Gradient} tape=${tape} id=${grad} />`,
  ].filter((mark) => mark !== null);
  return html`<li>
    <div><${Link} model=${model} tape=${tape} thing=${`tensor:${row}`}>${name}</${Link}>
      ${shown === null ? html`<code class="muted">${formatShape(tensor.shape)} ${formatDtype(tensor.dtype)}</code>` : html`<${Amount} text=${formatValue(tape, shown)} />`}</div>
    ${marks.length > 0 && html`<small>${marks.map((mark, i) => html`${i > 0 && " · "}${mark}`)}</small>`}
    <${Tied} paths=${places(tape, model.step.value).tensors.get(row) ?? []} own=${`${owner}.${name}`} />
  </li>`;
}

/** @param {{model: CardProps["model"], tape: Tape, owner: string, entry: Entry}} props */
function ModuleEntry({ model, tape, owner, entry: { name, row } }) {
  if (row === null) return html`<li><div><b class="key">${name}</b><code class="muted">None</code></div></li>`;
  return html`<li>
    <div><${Link} model=${model} tape=${tape} thing=${`module:${row}`}>${name}</${Link}><code class="clip" title=${written(tape, row)}>${written(tape, row)}</code></div>
    <${Tied} paths=${places(tape, model.step.value).modules.get(row) ?? []} own=${`${owner}.${name}`} />
  </li>`;
}

/** When the tables were something else. @param {{model: CardProps["model"], tape: Tape, id: number}} props */
function Looks({ model, tape, id }) {
  const { contents } = tape.modules[id];
  const now = contentsAt(tape, id, model.step.value);
  if (contents.length < 2) return null;
  /** @param {number} step */
  const seek = (step) => () => model.deck({ type: "seek", step: Math.min(step, tape.events.length) - 1 });
  return html`<p class="looks" title=${t("The recording looks when a module is first seen, when a part of it is, and at the end.")}>${t("Seen to change:")} ${contents.map(
    (look) =>
      html`<button type="button" key=${look.step} class="link" aria-current=${look === now ? "step" : undefined} onClick=${seek(look.step)}>${t("step {n}", { n: look.step })}</button> `,
  )}</p>`;
}

/** @param {CardProps} props `id` is the module's */
export function Tables({ model, player, id }) {
  const { tape } = player;
  const { path } = tape.modules[id];
  const { parameters, buffers, modules, non_persistent: passing } = contentsAt(tape, id, model.step.value);
  /** @param {Entry[]} entries @param {boolean} buffer */
  const tensors = (entries, buffer) =>
    entries.map(
      (entry) =>
        html`<${TensorEntry} key=${entry.name} model=${model} player=${player} owner=${path} entry=${entry} buffer=${buffer} passing=${passing.includes(entry.name)} />`,
    );
  return html`<${Section} title=${t("Registered")} note=${t("what torch finds")}>
    <${Table} name="_parameters" note="" empty=${!parameters.length}>${tensors(parameters, false)}</${Table}>
    <${Table} name="_buffers" note="" empty=${!buffers.length}>${tensors(buffers, true)}</${Table}>
    <${Table} name="_modules" note="" empty=${!modules.length}>${modules.map((entry) => html`<${ModuleEntry} key=${entry.name} model=${model} tape=${tape} owner=${path} entry=${entry} />`)}</${Table}>
    <${Looks} model=${model} tape=${tape} id=${id} />
  </${Section}>
  <${Besides} model=${model} player=${player} id=${id} />`;
}

/** How many parameters hide in what is not registered; null where some of it never got a row. @param {Tape} tape @param {readonly Unregistered[]} lost @param {number} step */
function hidden(tape, lost, step) {
  if (lost.some(({ kind, module }) => kind === "module" && module === null)) return null;
  const found = lost.flatMap(({ module, path }) =>
    module === null ? [path] : walked(tape, module, "parameters", { step }).map(({ thing }) => thing),
  );
  return new Set(found).size;
}

/** What is in none of the tables. @param {CardProps} props */
function Besides({ model, player: { tape }, id }) {
  const step = model.step.value;
  const { lost, known } = besides(tape, id, step);
  const [unseen, plain] = [lost.filter(({ kind }) => kind !== "tensor"), lost.filter(({ kind }) => kind === "tensor")];
  const number = hidden(tape, unseen, step);
  /** @param {Unregistered} one */
  const line = (one) => {
    const thing = one.module !== null ? `module:${one.module}` : one.tensor !== null ? `tensor:${one.tensor}` : null;
    const type = one.module !== null ? written(tape, one.module) : one.type;
    return html`<li key=${one.path}><div>${thing ? html`<${Link} model=${model} tape=${tape} thing=${thing}>${one.path}</${Link}>` : html`<b class="key">${one.path}</b>`}<code class="clip" title=${type}>${type}</code></div></li>`;
  };
  return html`
    ${
      unseen.length > 0 &&
      html`<section class="facts lost" aria-label=${t("Not registered")}><h4><${Icon} name="warning" size=${14} /> ${t("Not registered")}${number ? html` <span>${count("hides {n} parameter", "hides {n} parameters", number)}</span>` : ""}</h4>
      <div class="drawer"><ul>${unseen.map(line)}</ul></div>
      <p>${t("parameters() does not see them; .to(), train(), state_dict() and the optimizer do not either. Only what is assigned to a module directly is registered, not what a list, tuple or dict holds: nn.ModuleList, nn.ModuleDict and nn.ParameterList register theirs.")}</p></section>`
    }
    ${
      plain.length > 0 &&
      html`<${Section} title=${t("Plain tensors")} note=${t("neither parameter nor buffer")}><div class="drawer"><ul>${plain.map(line)}</ul></div>
      <p class="aside">${t("state_dict() does not save them and .to() does not move them; register_buffer() would.")}</p></${Section}>`
    }
    ${
      known.length > 0 &&
      html`<${Section} title=${t("Also within reach")} note=${t("registered under another name")}>${known.map(
        ({ one, as }) =>
          html`<${Row} key=${one.path} label=${html`<code>${one.path}</code>`}>= <code>${as}</code></${Row}>`,
      )}</${Section}>`
    }`;
}

/** @param {CardProps} props */
export function HookTables({ model, player: { tape, history }, id }) {
  const state = history.at(model.step.value);
  const tables = hookTables(tape, state, id);
  const filled = tables.filter(({ hooks }) => hooks.length > 0);
  const empty = tables.filter(({ hooks }) => !hooks.length).map(({ name }) => name);
  return html`<${Section} title=${t("Hook dictionaries")} note=${filled.length ? t("in firing order") : ""}>
    ${filled.map(
      ({ name, hooks }) =>
        html`<${Table} key=${name} name=${name} note="" empty=${false}>${hooks.map(
          (
            hook,
            i,
          ) => html`<li key=${hook}><div><span class="ordinal">${i + 1}</span><${Link} model=${model} tape=${tape} thing=${`hook:${hook}`} /><span class="muted">${t("fired {n} ×", { n: state.hook(hook).fired })}</span></div>
        ${tape.hooks[hook].flags.length > 0 && html`<small>${tape.hooks[hook].flags.map((flag) => html`<code key=${flag}>${flag}</code> `)}</small>`}</li>`,
        )}</${Table}>`,
    )}
    <p class="aside">${t("Empty:")} ${empty.map((name, i) => html`${i > 0 && ", "}<code key=${name}>${name}</code>`)}</p>
  </${Section}>`;
}
