/** `graph/` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "The graph has {n} things now; a picture holds up to {most}. Close some modules, or take the view.":
    "图中现有 {n} 个对象，一张图片最多容纳 {most} 个。请折叠一些模块，或只导出当前视图。",
  "There is no graph on the screen to be taken along.": "屏幕上没有可以导出的图。",
  "⋯ {n} hidden": "⋯ 隐藏 {n} 个",
  "{n} op": "{n} 个 op",
  "{n} ops": "{n} 个 op",
  "{n} node": "{n} 个节点",
  "{n} nodes": "{n} 个节点",
  "forward ↓ with gradients ↑": "前向 ↓ 与梯度 ↑",
  "Set a breakpoint": "设置断点",
  "{n} breakpoint inside": "内有 {n} 个断点",
  "{n} breakpoints inside": "内有 {n} 个断点",
  "Breakpoint, switched off": "断点（已停用）",
  "Breakpoint: click to remove it": "断点：点击移除",
  "Nothing in the graph stands for it, so it has no neighbours here.": "图中没有与它对应的部分，因此这里没有它的邻居。",
  "Too many wires would lead past what is hidden: hide less, or open fewer modules.":
    "绕过隐藏部分的连线太多：请少隐藏一些，或少展开几个模块。",
  "hidden {kind}": "已隐藏的 {kind}",
  "… {n} more …": "… 另外 {n} 步 …",
  "{n} × {what}": "{n} × {what}",
  "{name} · {n} of {all}": "{name} · 第 {n}/{all} 个",
  "{n} parameters": "{n} 个参数",
  "equal modules": "结构相同的模块",
  loop: "循环",
  "turn of a loop": "循环中的一步",
  "turns of a loop": "循环中的若干步",
};
