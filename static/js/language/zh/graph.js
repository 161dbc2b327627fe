/** `graph/` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "… {n} more …": "… 另外 {n} 步 …",
  "{n} × {what}": "{n} × {what}",
  "{name} · {n} of {all}": "{name} · 第 {n}/{all} 个",
  "{n} parameters": "{n} 个参数",
  "equal modules": "结构相同的模块",
  loop: "循环",
  "turn of a loop": "循环中的一步",
  "turns of a loop": "循环中的若干步",
};
