/** What confines the programs that are run here, in the words of the page. */

import { t } from "../language/index.js";

/** @typedef {import("./client.js").Readiness} Readiness */

const LAYERS = /** @type {Record<string, string>} */ ({ landlock: "Landlock" });
const ACCESS = /** @type {Record<Readiness["access"], string>} */ ({
  loopback: t("this machine only"),
  token: t("with a token"),
  proxy: t("signed in"),
  public: t("open to all, under limits"),
});

/** The server's words for what usually confines programs. */
const SAID = /** @type {Record<string, string>} */ ({
  "sandbox: full": t("Sandbox: full"),
  "sandbox: full, programs cannot open files": t("Sandbox: full, programs cannot open files"),
});

/** How it is put: what stands there, how it is meant, and what is said on hovering. @param {Readiness} told */
export function standingText({ status, detail, standing, sandbox, trust, access }) {
  const layers = sandbox.map((each) => LAYERS[each] ?? each).join(", ");
  if (trust)
    return {
      tone: "warn",
      says: t("Trusted mode: programs run unconfined and may do whatever you may do."),
      title: detail,
      beside: "",
    };
  if (status === "warming_up")
    return { tone: "", says: t("The fork server is warming up."), title: standing, beside: "" };
  if (status !== "ok") return { tone: "bad", says: detail, title: standing, beside: "" };
  const says = SAID[standing] ?? standing.charAt(0).toUpperCase() + standing.slice(1);
  return {
    tone: "",
    says,
    title: t("Around every program: {layers}.", { layers }),
    beside: [layers, ACCESS[access]].join(" · "),
  };
}
