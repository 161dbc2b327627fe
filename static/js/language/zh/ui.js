/** `ui/` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "zoom the tape in, around this step": "以当前步为中心放大 tape",
  "zoom the tape out": "缩小 tape",
  "narrow the tape to this iteration, this phase, or show all of it": "只看本次迭代、本阶段，或整条 tape",
};
